/** The trainer: takes a model and the parts that train it, and offers `fit`, `evaluate` and `predict`. */
import { GradusError, isGradusError, type NDArray } from '@gradus/graph';
import type { Callback, MetricInfo } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { Batch, Model, Params } from '../contracts/model.js';
import type { TrainState } from '../contracts/train-state.js';
import type { History } from '../history.js';
import { Interrupt } from '../interrupt.js';
import { replaceParams } from '../params.js';
import { Registry } from '../registry.js';
import { RunFolder } from '../run-folder.js';
import { checkSource } from './batches.js';
import { checkCallbackNames, checkCallbackSteps, checkFitOptions, checkModel, checkParts, checkTrainerOptions } from './checks.js';
import { Fit, type FitParts } from './fit.js';
import { failed, Hooks, type HookName } from './hooks.js';
import { resolveLearner } from './learner.js';
import { Machine, type Validation } from './machine.js';
import type { FitOptions, FitResult, TrainerOptions } from './options.js';
import { Session } from './session.js';
import { restoreCallbacks } from './snapshots.js';

/**
 * Trains one model.
 *
 * @throws at construction, before anything is computed: `INVALID_MODEL`, `UNKNOWN_NAME`, `INVALID_PART`, plugin errors.
 * @example
 * const trainer = new Trainer({ model, optimizer: adam(), gradient: autodiff(), engine: ortEngine() });
 * const { history } = await trainer.fit(inMemory({ x, y }), { epochs: 10 });
 */
export class Trainer {
  readonly model: Model;
  readonly seed: number;
  readonly #registry: Registry;
  readonly #machine: Machine;
  readonly #listeners: Callback[] = [];
  /** Those of the last `fit`. */
  #callbacks: readonly Callback[] = [];
  /** What callbacks kept, of a state given to `restore`: for those of the next `fit`. */
  #kept: TrainState['callbacks'] | null = null;
  #busy = false;

  constructor(options: TrainerOptions) {
    checkTrainerOptions(options);
    this.#registry = new Registry(options.plugins ?? []);
    this.model = checkModel(options.model);
    const learner = resolveLearner(this.#registry, options);
    const engine = this.#registry.resolve('engine', options.engine ?? 'js');
    checkParts(this.model, learner, engine);
    this.seed = options.seed ?? 0;
    this.#machine = new Machine(this.model, learner, engine, this.seed);
  }

  /** The current parameters: those of `model.init` before the first training. */
  get params(): Params {
    return this.#machine.now.params;
  }

  /**
   * Everything that decides how training goes on, with what the callbacks of the last `fit` keep. It stays as it is while training goes
   * on; `saveCheckpoint` of @gradus/checkpoint writes it to disk.
   */
  get state(): TrainState {
    return this.#machine.capture(this.#callbacks);
  }

  /** Every epoch trained so far, over all calls of `fit`. */
  get history(): History {
    return this.#machine.history;
  }

  /** Replaces parameters, all or some: weights from elsewhere. @throws `UNKNOWN_PARAMETER`, `SHAPE_MISMATCH`. */
  setParams(params: Params): void {
    const { state } = this.#machine;
    state.current = { ...state.current, params: replaceParams(state.current.params, params) };
  }

  /**
   * Goes back to a state, or on from that of another trainer made alike: the next `fit` trains from there, to the same bits, and its
   * callbacks get what those of the same names kept.
   * @throws `TRAINER_BUSY`; `STATE_MISMATCH` for a state of another model, optimizer or seed, with every difference.
   */
  restore(state: TrainState): void {
    this.#checkFree();
    this.#machine.reinstate(state);
    this.#kept = state.callbacks;
  }

  /**
   * Calls `listener` whenever a hook fires, after the callbacks of the run.
   * @returns a function that ends it.
   * @example
   * const off = trainer.on('onEpochEnd', (epoch, logs) => console.log(epoch, logs.loss));
   */
  on<H extends HookName>(hook: H, listener: NonNullable<Callback[H]>): () => void {
    const callback: Callback = { name: `listener of ${hook}`, [hook]: listener };
    this.#listeners.push(callback);
    return () => {
      const index = this.#listeners.indexOf(callback);
      if (index !== -1) this.#listeners.splice(index, 1);
    };
  }

  /**
   * Trains, and goes on where the last call ended: after an interrupt in the middle of an epoch.
   *
   * Everything that can be checked is checked first: data, options, names, shapes (by tracing), the run's folder.
   * @throws coded errors; after the start also `NON_FINITE_LOSS`, `CALLBACK_FAILED` and what the model throws. The trainer keeps the
   * state of the last good step, and the run's folder says how the run ended.
   */
  async fit(data: DataSource, options: FitOptions = {}): Promise<FitResult> {
    checkFitOptions(options);
    checkSource(data, 'training data');
    if (options.validationData !== undefined) checkSource(options.validationData, 'validation data');
    return this.#exclusively(async () => {
      const machine = this.#machine;
      const { validationFrequency: frequency = 1 } = options;
      const validation = options.validationData === undefined ? null : { data: options.validationData, frequency };
      const callbacks = (this.#callbacks = this.#resolveCallbacks(options.callbacks));
      machine.hyperparameters.at(machine.now.step);
      const metrics = await machine.prepare(data, options.validationData);
      const session = this.#session({ epochs: machine.now.epoch + (options.epochs ?? 1), data, validation, metrics, callbacks });
      const hooks = new Hooks(callbacks, session.context, ({ name }) => (session.caller = name));
      for (const callback of callbacks) callback.check?.(session.context);
      const { stepper, state, hyperparameters, evaluator, evaluationKey, history } = machine;
      const boundaries = callbacks.map(({ everyStep }) => Number(everyStep ?? 0)).filter((n) => n > 0);
      const single = !stepper.chunks || hooks.has('onTrainBatchBegin') || boundaries.includes(1);
      const restored = await this.#restored(callbacks, session);
      const folder = options.run === false ? null : this.#folder(restored, data, options, callbacks);
      session.folder = folder?.path ?? null;
      await folder?.recordCommit();
      return this.#train(
        {
          ...{ state, session, hooks, stepper, hyperparameters, evaluator, evaluationKey, data, validation, history, folder, boundaries },
          evaluated: () => machine.evaluated(),
          chunk: machine.chunkFor(single ? 1 : (options.stepsPerExecution ?? 'auto'), data),
          capture: () => machine.capture(callbacks, session, folder),
        },
        options.handleSignals ?? true,
      );
    });
  }

  /** Means of the loss and metrics over `data`, weighted by samples. Test hooks fire. */
  async evaluate(data: DataSource, options: Pick<FitOptions, 'callbacks'> = {}): Promise<Record<string, number>> {
    checkSource(data, 'data');
    return this.#exclusively(async () => {
      const hooks = new Hooks(this.#resolveCallbacks(options.callbacks), this.#session({ data }).context);
      return this.#machine.evaluate(data, hooks);
    });
  }

  /**
   * The model's outputs for `inputs`, in the order of the rows. Predict hooks fire.
   * @param options.batchSize Rows per call of the model. Default: all at once.
   */
  async predict(
    inputs: Batch,
    options: { readonly batchSize?: number; readonly callbacks?: FitOptions['callbacks'] } = {},
  ): Promise<NDArray | Params> {
    return this.#exclusively(async () => {
      const hooks = new Hooks(this.#resolveCallbacks(options.callbacks), this.#session({}).context);
      return this.#machine.predict(inputs, hooks, options.batchSize);
    });
  }

  /** Frees what the engine holds for this trainer. */
  async dispose(): Promise<void> {
    await this.#machine.dispose();
  }

  async #train(parts: Omit<FitParts, 'interrupt'>, handleSignals: boolean): Promise<FitResult> {
    const { folder, hooks, session, history } = parts;
    const interrupt = handleSignals ? new Interrupt() : null;
    this.#machine.emit = hooks.emit;
    session.background.onEnd = (work) => hooks.backgroundEnd(work);
    session.emit = (event, payload) => {
      hooks.emit?.(event, payload);
      folder?.event(event, payload);
    };
    try {
      const stop = await new Fit({ ...parts, interrupt }).run();
      folder?.finish(stop);
      return { history, stop, folder: session.folder, problem: folder?.problem ?? null };
    } catch (error) {
      session.insideExecution = false;
      session.stopping = { reason: 'failed', message: error instanceof Error ? error.message : String(error) };
      const further = await hooks.fireError(error);
      // What was asked for in onError, and what is being written. The failure of the run is the one to tell of.
      await session.serveSnapshots(parts.capture).catch((second: GradusError) => further.push(second));
      await session.background.idle();
      folder?.event('error', { step: session.step, message: session.stopping.message, further: further.map(({ message }) => message) });
      folder?.finish(session.stopping, error);
      throw error;
    } finally {
      this.#machine.emit = null;
      interrupt?.dispose();
    }
  }

  /** Asks callbacks for a state to go on from, and gives each its part of it, or of the one given to `restore`. */
  async #restored(callbacks: readonly Callback[], session: Session): Promise<TrainState | null> {
    let found: TrainState | null = null;
    for (const callback of callbacks) {
      try {
        found ??= (await callback.restore?.(session.context)) ?? null;
      } catch (error) {
        throw isGradusError(error) ? error : failed(callback, 'restore', error);
      }
    }
    if (found !== null) {
      this.#machine.reinstate(found);
      this.#kept = found.callbacks;
      session.stopping = found.stopping;
    }
    session.goOnFrom(this.#machine.now, this.#kept !== null);
    restoreCallbacks(callbacks, this.#kept ?? {});
    this.#kept = null;
    await session.serveSnapshots(() => this.#machine.capture(callbacks, session));
    await session.background.idle();
    session.background.check();
    return found;
  }

  /** The folder of the run that goes on, or a new one. */
  #folder(restored: TrainState | null, data: DataSource, options: FitOptions, callbacks: readonly Callback[]): RunFolder {
    if (restored !== null && restored.folder !== null) {
      try {
        return RunFolder.reopen(restored.folder, restored.history);
      } catch (error) {
        if (!isGradusError(error)) throw error;
        process.emitWarning(`${error.message} A new folder is made for what follows.`, { code: error.code });
      }
    }
    const abandoned = callbacks.some((callback) => callback.restore !== undefined);
    return RunFolder.create(this.model.name, this.#describe(data, options, callbacks), options.run || {}, { abandoned });
  }

  #session(run: {
    readonly epochs?: number;
    readonly data?: DataSource;
    readonly validation?: Validation | null;
    readonly metrics?: Readonly<Record<string, MetricInfo>>;
    readonly callbacks?: readonly Callback[];
  }): Session {
    const machine = this.#machine;
    const { epochs = machine.now.epoch, data, validation = null, metrics = {}, callbacks = [] } = run;
    const { model, seed, history, hyperparameters, state } = machine;
    const silent = (): Hooks => new Hooks([], session.context);
    const session: Session = new Session({
      ...{ model, seed, epochs, history, metrics, hyperparameters, state },
      stepsPerEpoch: data?.length ?? 0,
      samplesPerEpoch: data?.size ?? 0,
      evaluate: (source = validation?.data ?? data) => {
        checkSource(source as DataSource, 'data of context.evaluate()');
        return machine.evaluate(source as DataSource, silent(), { silent: true });
      },
      predict: (inputs) => machine.predict(inputs, silent()),
      evaluationParams: () => machine.evaluated().params,
      fingerprint: () => machine.fingerprint(epochs, data as DataSource, validation, callbacks),
    });
    return session;
  }

  #resolveCallbacks(callbacks: FitOptions['callbacks'] = []): Callback[] {
    const resolved = callbacks.map((callback) => this.#registry.resolve('callback', callback));
    checkCallbackNames(resolved);
    checkCallbackSteps(resolved);
    return [...resolved, ...this.#listeners];
  }

  #describe(data: DataSource, options: FitOptions, callbacks: readonly Callback[]): Record<string, unknown> {
    const { learner, engine, hyperparameters, now } = this.#machine;
    return {
      model: this.model.name,
      parameters: Object.values(now.params).reduce((total, { size }) => total + size, 0),
      optimizer: learner.optimizer.name,
      ...(learner.kind === 'gradient' && { gradient: learner.gradient.name }),
      engine: engine.name,
      plugins: this.#registry.plugins,
      hyperparameters: hyperparameters.at(now.step),
      seed: this.seed,
      epochs: options.epochs ?? 1,
      data: { size: data.size, batchSize: data.batchSize, validationSize: options.validationData?.size ?? 0 },
      callbacks: callbacks.map(({ name }) => name),
    };
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    this.#checkFree();
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }

  #checkFree(): void {
    if (!this.#busy) return;
    throw new GradusError('TRAINER_BUSY', {
      what: `The trainer of model '${this.model.name}' is at work already`,
      expected: 'one fit, evaluate or predict at a time',
      fix: 'Await the other call first; inside a callback use context.evaluate().',
    });
  }
}
