/** The one training loop: epochs, executions of several steps, hooks in order, validation, snapshots, and every way to end. */
import type { NDArray } from '@gradus/graph';
import type { Logs, Stop } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { Batch } from '../contracts/model.js';
import type { TrainState } from '../contracts/train-state.js';
import type { History } from '../history.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import type { Interrupt } from '../interrupt.js';
import type { RunFolder } from '../run-folder.js';
import { checkBatch, samplesOf, signatureOf } from './batches.js';
import type { ChunkSize } from './chunk-size.js';
import { evaluateSource } from './evaluation.js';
import type { Evaluator, ModelValues } from './evaluator.js';
import type { Hooks } from './hooks.js';
import { Meter } from './meter.js';
import { nonFinite, nonFiniteNames } from './non-finite.js';
import type { Session } from './session.js';
import { NOTHING_REPORTED, type Progress } from './state.js';
import type { Stepper } from './stepper.js';

export interface FitParts {
  readonly state: { current: Progress };
  readonly session: Session;
  readonly hooks: Hooks;
  readonly stepper: Stepper;
  readonly hyperparameters: HyperparameterSet;
  readonly evaluator: Evaluator;
  /** What to evaluate with, at this moment. */
  readonly evaluated: () => ModelValues;
  readonly evaluationKey: NDArray;
  readonly chunk: ChunkSize;
  /** Executions end at the multiples of these, counted in steps: see `Callback.everyStep`. */
  readonly boundaries: readonly number[];
  readonly data: DataSource;
  readonly validation: { readonly data: DataSource; readonly frequency: number } | null;
  readonly history: History;
  readonly folder: RunFolder | null;
  /** Everything that decides the future, at this moment. */
  readonly capture: () => TrainState;
  /** `null` when nobody listens for signals. */
  readonly interrupt: Interrupt | null;
}

/** The event loop gets a turn at least this often, so that signals and displays are served. */
const YIELD_MS = 10;

export class Fit {
  readonly #parts: FitParts;
  #meter: Meter;
  /** Where a run goes on that was interrupted inside of this epoch: what comes after is done again. */
  #goOnFrom: TrainState | undefined;
  #lastYield = performance.now();

  constructor(parts: FitParts) {
    this.#parts = parts;
    this.#meter = new Meter(parts.evaluator.model, parts.state.current.meter);
  }

  /** Trains until `session.context.epochs` or until something stops it. Fires everything but `onError`. */
  async run(): Promise<Stop> {
    const { session, hooks, history, folder, state, capture } = this.#parts;
    if (folder?.reopened === false) folder.event('train_begin', { epoch: state.current.epoch, step: state.current.step });
    await hooks.fire('onTrainBegin');
    while (this.#goesOn()) await this.#epoch();
    if (this.#interrupted() && state.current.epoch < session.context.epochs) {
      await hooks.fire('onInterrupt');
      await session.serveSnapshots(() => this.#goOnFrom ?? capture());
    }
    const stop = session.stopping ?? { reason: 'completed', message: `All ${session.context.epochs} epochs are done.` };
    await hooks.fire('onTrainEnd', history.last);
    folder?.event('train_end', { step: state.current.step, stop });
    await session.serveSnapshots(capture);
    await session.background.idle();
    session.background.check();
    return stop;
  }

  /** Whether there is an epoch to begin or to finish. */
  #goesOn(): boolean {
    const { session, state } = this.#parts;
    const { epoch, batch } = state.current;
    return epoch < session.context.epochs && (session.stopping === null || batch > 0) && !this.#interrupted();
  }

  /** One epoch, or the rest of one: training, validation when it is due, and its end unless it was interrupted. */
  async #epoch(): Promise<void> {
    const { session, hooks, history, folder, state, capture } = this.#parts;
    const { epoch, batch } = state.current;
    const resumable = (): TrainState | undefined => (hooks.has('onInterrupt') ? capture() : undefined);
    session.epoch = epoch;
    session.batch = batch;
    this.#goOnFrom = resumable();
    const started = performance.now();
    if (batch === 0) folder?.event('epoch_begin', { epoch });
    await hooks.fire('onEpochBegin', epoch);
    await this.#train(epoch);
    const trained = state.current;
    if (trained.batch > 0) this.#goOnFrom = resumable();
    const logs = this.#interrupted() ? null : await this.#evaluate(epoch);
    if (logs === null) {
      state.current = trained;
      return;
    }
    this.#goOnFrom = undefined;
    state.current = { ...state.current, epoch: epoch + 1, batch: 0, meter: NOTHING_REPORTED };
    this.#meter = new Meter(this.#parts.evaluator.model);
    history.append({ epoch, logs });
    await hooks.fire('onEpochEnd', epoch, logs);
    folder?.row(history);
    folder?.event('epoch_end', { epoch, step: state.current.step, seconds: (performance.now() - started) / 1000, logs });
    await session.serveSnapshots(capture);
  }

  /** The batches of an epoch that are not done yet. */
  async #train(epoch: number): Promise<void> {
    const { data, state, evaluator } = this.#parts;
    const first = state.current.batch;
    let number = first;
    let waiting: Batch[] = [];
    const flush = async (): Promise<void> => {
      const ready = waiting;
      waiting = [];
      number = await this.#drain(ready, number);
    };
    if (first >= data.length || this.#stopped()) return;
    try {
      for await (const batch of data.batches(epoch, first)) {
        checkBatch(batch, data, number + waiting.length);
        evaluator.model.check?.(batch, number + waiting.length);
        if (waiting.length > 0 && signatureOf(batch) !== signatureOf(waiting[0])) await flush();
        waiting.push(batch);
        if (waiting.length >= this.#parts.chunk.steps || this.#isBoundary(state.current.step + waiting.length)) await flush();
        if (this.#stopped()) break;
      }
    } finally {
      // Also when the source fails: the batches it gave before count, however many of them share an execution.
      await flush();
    }
  }

  /** What the epoch reports, or `null` when validation was interrupted: means over a part of the data are no validation. */
  async #evaluate(epoch: number): Promise<Logs | null> {
    const { state, stepper, validation, evaluator, evaluationKey, evaluated, hooks } = this.#parts;
    if (stepper.endEpoch !== undefined) state.current = await stepper.endEpoch(state.current);
    const logs = this.#meter.values();
    if (validation === null || (epoch + 1) % validation.frequency !== 0) return logs;
    const options = { hooks, stopped: () => this.#interrupted() };
    const validated = await evaluateSource(evaluator, evaluated, validation.data, evaluationKey, options);
    if (this.#interrupted()) return null;
    return { ...logs, ...Object.fromEntries(Object.entries(validated).map(([name, value]) => [`val_${name}`, value])) };
  }

  /** Trains on all of `batches` unless something stops it. @returns the number of the next batch of the epoch. */
  async #drain(batches: readonly Batch[], number: number): Promise<number> {
    let rest = batches;
    let next = number;
    while (rest.length > 0 && !this.#stopped()) {
      const done = await this.#execute(rest, next);
      rest = rest.slice(done);
      next += done;
      this.#parts.session.background.check();
      await this.#yield();
    }
    return next;
  }

  /**
   * One execution over `batches` and its hooks. When a hook asks for something at a step inside the execution, the steps after
   * it are undone by running again up to it: steps are deterministic, so chunking never shows in the results.
   * @returns the steps that count.
   */
  async #execute(batches: readonly Batch[], number: number): Promise<number> {
    const { state, session, hooks, stepper, chunk, hyperparameters, capture } = this.#parts;
    session.batch = number;
    if (batches.length === 1) await hooks.fire('onTrainBatchBegin', number);
    // Read after the hook, which may have set parameters for this very step.
    const from = state.current;
    const steps = batches.map((batch, k) => ({
      batch,
      rates: hyperparameters.at(from.step + k),
      firstOfEpoch: number + k === 0,
      lastOfEpoch: number + k + 1 === session.context.stepsPerEpoch,
    }));
    session.changed = false;
    const started = performance.now();
    const result = await stepper.run(from, steps);
    chunk.record(batches.length, performance.now() - started);

    const bad = result.reports.findIndex((report) => nonFiniteNames(report).length > 0);
    const good = bad === -1 ? batches.length : bad;
    if (bad === -1) state.current = result.state;
    const upTo = async (count: number): Promise<void> => {
      if (count < batches.length) state.current = count === 0 ? from : (await stepper.run(from, steps.slice(0, count))).state;
      state.current = { ...state.current, batch: number + count, meter: this.#meter.state };
    };
    for (let k = 0; k < good; k++) {
      session.step = from.step + k + 1;
      session.batch = number + k + 1;
      session.insideExecution = chunk.limit > 1 && stepper.chunks && !this.#isBoundary(session.step);
      this.#meter.add(result.reports[k], samplesOf(batches[k]));
      try {
        await hooks.fire('onTrainBatchEnd', number + k, result.reports[k].logs);
      } catch (error) {
        await upTo(k + 1);
        throw error;
      }
      session.insideExecution = false;
      if (session.changed) {
        await upTo(k + 1);
        session.applyPending();
        await session.serveSnapshots(capture);
        return k + 1;
      }
    }
    await upTo(good);
    if (bad !== -1) {
      const error = nonFinite(result.reports[bad], from.step + bad, session.epoch, number + bad);
      await hooks.fire('onNonFinite', error);
      if (session.stopping === null) throw error;
    }
    return good;
  }

  #isBoundary(step: number): boolean {
    return this.#parts.boundaries.some((n) => step % n === 0);
  }

  #interrupted(): boolean {
    const { interrupt, session } = this.#parts;
    const signal = interrupt?.signal ?? null;
    if (signal !== null) session.stopping ??= { reason: 'interrupted', message: `${signal} after step ${session.step}.` };
    return session.stopping?.reason === 'interrupted';
  }

  #stopped(): boolean {
    return this.#interrupted() || this.#parts.session.stopping !== null;
  }

  async #yield(): Promise<void> {
    if (performance.now() - this.#lastYield < YIELD_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastYield = performance.now();
  }
}
