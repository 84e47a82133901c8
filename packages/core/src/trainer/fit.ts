/** The one training loop: epochs, executions of several steps, hooks in order, validation, and every way to end. */
import { GradusError, type NDArray } from '@gradus/graph';
import type { Logs, Stop } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { Batch } from '../contracts/model.js';
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
import type { Reports } from './reports.js';
import type { Session } from './session.js';
import type { TrainState } from './state.js';
import type { Stepper } from './stepper.js';

export interface FitParts {
  readonly state: { current: TrainState };
  readonly session: Session;
  readonly hooks: Hooks;
  readonly stepper: Stepper;
  readonly hyperparameters: HyperparameterSet;
  readonly evaluator: Evaluator;
  /** The parameters and buffers to evaluate with, at this moment. */
  readonly evaluated: () => ModelValues;
  readonly evaluationKey: NDArray;
  readonly chunk: ChunkSize;
  readonly data: DataSource;
  readonly validation: { readonly data: DataSource; readonly frequency: number } | null;
  readonly history: History;
  readonly folder: RunFolder | null;
  /** `null` when nobody listens for signals. */
  readonly interrupt: Interrupt | null;
}

/** The event loop gets a turn at least this often, so that signals and displays are served. */
const YIELD_MS = 10;

export class Fit {
  readonly #parts: FitParts;
  #lastYield = performance.now();

  constructor(parts: FitParts) {
    this.#parts = parts;
  }

  /** Trains until `session.context.epochs` or until something stops it. Fires everything but `onError`. */
  async run(): Promise<Stop> {
    const { session, hooks, history, folder, state } = this.#parts;
    folder?.event('train_begin', { epoch: state.current.epoch, step: state.current.step });
    await hooks.fire('onTrainBegin');
    for (let epoch = state.current.epoch; epoch < session.context.epochs && session.stopping === null; epoch++) {
      session.epoch = epoch;
      const started = performance.now();
      folder?.event('epoch_begin', { epoch });
      await hooks.fire('onEpochBegin', epoch);
      const logs = await this.#epoch(epoch);
      state.current = { ...state.current, epoch: epoch + 1 };
      history.append({ epoch, logs });
      await hooks.fire('onEpochEnd', epoch, logs);
      folder?.row(history);
      folder?.event('epoch_end', { epoch, step: state.current.step, seconds: (performance.now() - started) / 1000, logs });
    }
    const stop = session.stopping ?? { reason: 'completed', message: `All ${session.context.epochs} epochs are done.` };
    await hooks.fire('onTrainEnd', history.last);
    folder?.event('train_end', { step: state.current.step, stop });
    return stop;
  }

  /** One epoch: training, then validation when it is due. */
  async #epoch(epoch: number): Promise<Logs> {
    const { data, validation, evaluator } = this.#parts;
    const meter = new Meter(evaluator.model);
    let number = 0;
    let waiting: Batch[] = [];
    const flush = async (): Promise<void> => {
      const ready = waiting;
      waiting = [];
      number = await this.#drain(ready, number, meter);
    };
    try {
      for await (const batch of data.batches(epoch)) {
        checkBatch(batch, data, number + waiting.length);
        if (waiting.length > 0 && signatureOf(batch) !== signatureOf(waiting[0])) await flush();
        waiting.push(batch);
        if (waiting.length >= this.#parts.chunk.steps) await flush();
        if (this.#stopped()) break;
      }
    } finally {
      // Also when the source fails: the batches it gave before count, however many of them share an execution.
      await flush();
    }
    const logs = meter.values();
    if (validation === null || (epoch + 1) % validation.frequency !== 0 || this.#interrupted()) return logs;
    return { ...logs, ...(await this.#validate(validation.data)) };
  }

  async #validate(source: DataSource): Promise<Logs> {
    const { evaluator, evaluationKey, evaluated, hooks } = this.#parts;
    const options = { hooks, stopped: () => this.#interrupted() };
    const logs = await evaluateSource(evaluator, evaluated, source, evaluationKey, options);
    // Means over a part of the data are no validation.
    if (this.#interrupted()) return {};
    return Object.fromEntries(Object.entries(logs).map(([name, value]) => [`val_${name}`, value]));
  }

  /** Trains on all of `batches` unless something stops it. @returns the number of the next batch of the epoch. */
  async #drain(batches: readonly Batch[], number: number, meter: Meter): Promise<number> {
    let rest = batches;
    let next = number;
    while (rest.length > 0 && !this.#stopped()) {
      const done = await this.#execute(rest, next, meter);
      rest = rest.slice(done);
      next += done;
      await this.#yield();
    }
    return next;
  }

  /**
   * One execution over `batches` and its hooks. When a hook asks for something at a step inside the execution, the steps after
   * it are undone by running again up to it: steps are deterministic, so chunking never shows in the results.
   * @returns the steps that count.
   */
  async #execute(batches: readonly Batch[], number: number, meter: Meter): Promise<number> {
    const { state, session, hooks, stepper, chunk, hyperparameters } = this.#parts;
    if (batches.length === 1) await hooks.fire('onTrainBatchBegin', number);
    // Read after the hook, which may have set parameters for this very step.
    const from = state.current;
    const steps = batches.map((batch, k) => ({
      batch,
      rates: hyperparameters.at(from.step + k),
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
      state.current = count === 0 ? from : (await stepper.run(from, steps.slice(0, count))).state;
    };
    for (let k = 0; k < good; k++) {
      session.step = from.step + k + 1;
      session.insideExecution = chunk.limit > 1 && stepper.chunks;
      meter.add(result.reports[k], samplesOf(batches[k]));
      try {
        await hooks.fire('onTrainBatchEnd', number + k, result.reports[k].logs);
      } catch (error) {
        if (k + 1 < batches.length) await upTo(k + 1);
        throw error;
      }
      session.insideExecution = false;
      if (session.changed) {
        if (k + 1 < batches.length) await upTo(k + 1);
        session.applyPending();
        return k + 1;
      }
    }
    if (bad !== -1) {
      await upTo(bad);
      const error = nonFinite(result.reports[bad], from.step + bad, session.epoch, number + bad);
      await hooks.fire('onNonFinite', error);
      if (session.stopping === null) throw error;
      return bad;
    }
    return batches.length;
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

/** Terms that are no numbers. A metric of statistics may be undefined for one batch: an average precision without a hit. */
const nonFiniteNames = ({ logs, statistics }: Reports): string[] =>
  Object.keys(logs).filter((name) => !Number.isFinite(logs[name]) && !(name in statistics));

function nonFinite(report: Reports, step: number, epoch: number, batch: number): GradusError {
  const [term] = nonFiniteNames(report);
  const value = report.logs[term];
  const others = Object.entries(report.logs).filter(([name]) => name !== term);
  return new GradusError('NON_FINITE_LOSS', {
    what: `${term === 'loss' ? 'The loss' : `The term '${term}'`} became ${value} at step ${step} (epoch ${epoch}, batch ${batch})`,
    received:
      others.length === 0 ? String(value) : `${term} ${value}, with ${others.map(([name, number]) => `${name} ${number}`).join(', ')}`,
    expected: 'finite numbers',
    fix: 'The state before this step is kept on the trainer. Lower the learning rate, clip gradients, or check this batch for non-finite values and labels outside of the classes.',
    data: { step, epoch, batch, term },
  });
}
