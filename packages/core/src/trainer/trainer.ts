/** The trainer: takes a model and the parts that train it, and offers `fit`, `evaluate` and `predict`. */
import { GradusError, randomKey, split, type Engine, type NDArray } from '@gradus/graph';
import type { Callback, MetricInfo } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { GradientEstimator } from '../contracts/gradient-estimator.js';
import type { GradientTransform } from '../contracts/gradient-transform.js';
import type { Batch, Emit, Model, Params } from '../contracts/model.js';
import { History } from '../history.js';
import { HyperparameterSet } from '../hyperparameters.js';
import { Interrupt } from '../interrupt.js';
import { replaceParams } from '../params.js';
import { Registry } from '../registry.js';
import { RunFolder } from '../run-folder.js';
import { batchSpecs, bytesPerBatch, checkSource } from './batches.js';
import { checkCallbackNames, checkFitOptions, checkModel, checkParts, checkTrainerOptions } from './checks.js';
import { ChunkSize } from './chunk-size.js';
import { evaluateSource } from './evaluation.js';
import { Evaluator, type ModelValues } from './evaluator.js';
import { Fit, type FitParts } from './fit.js';
import { Hooks, type HookName } from './hooks.js';
import type { FitOptions, FitResult, TrainerOptions } from './options.js';
import { makeStepper } from './make-stepper.js';
import { Predictor } from './predictor.js';
import { metricInfo } from './reports.js';
import { Session } from './session.js';
import { initialState, type TrainState } from './state.js';
import type { Stepper } from './stepper.js';

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
  readonly #optimizer: GradientTransform;
  readonly #gradient: GradientEstimator;
  readonly #engine: Engine;
  readonly #hyperparameters: HyperparameterSet;
  readonly #keys: { readonly init: NDArray; readonly steps: NDArray; readonly evaluation: NDArray };
  readonly #evaluator: Evaluator;
  readonly #predictor: Predictor;
  readonly #listeners: Callback[] = [];
  readonly #history = new History();
  #state: { current: TrainState } | null = null;
  #stepper: Stepper | null = null;
  readonly #chunks = new Map<string, ChunkSize>();
  /** Where model events go while training. */
  #emit: Emit | null = null;
  #busy = false;

  constructor(options: TrainerOptions) {
    checkTrainerOptions(options);
    this.#registry = new Registry(options.plugins ?? []);
    this.model = checkModel(options.model);
    this.#optimizer = this.#registry.resolve('optimizer', options.optimizer);
    this.#gradient = this.#registry.resolve('gradient', options.gradient);
    this.#engine = this.#registry.resolve('engine', options.engine ?? 'js');
    checkParts(this.model, this.#optimizer, this.#gradient, this.#engine);
    this.seed = options.seed ?? 0;
    const [init, steps, evaluation] = split(randomKey(this.seed), 3) as NDArray[];
    this.#keys = { init, steps, evaluation };
    this.#hyperparameters = new HyperparameterSet(this.#optimizer, this.#gradient);
    this.#evaluator = new Evaluator(this.model, this.#engine, false);
    this.#predictor = new Predictor(this.model, this.#engine);
  }

  /** The current parameters: those of `model.init` before the first training. */
  get params(): Params {
    return this.state.params;
  }

  /** A snapshot of everything that training changes. It stays as it is while training goes on. */
  get state(): TrainState {
    return this.#stateBox().current;
  }

  /** Every epoch trained so far, over all calls of `fit`. */
  get history(): History {
    return this.#history;
  }

  /** Replaces parameters, all or some: weights from elsewhere. @throws `UNKNOWN_PARAMETER`, `SHAPE_MISMATCH`. */
  setParams(params: Params): void {
    const box = this.#stateBox();
    box.current = { ...box.current, params: replaceParams(box.current.params, params) };
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
   * Trains, and goes on where the last call ended.
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
      const { validationData: validation, validationFrequency: frequency = 1 } = options;
      const callbacks = this.#resolveCallbacks(options.callbacks);
      this.#hyperparameters.at(this.state.step);
      const session = this.#session({
        epochs: this.state.epoch + (options.epochs ?? 1),
        data,
        evaluationData: validation ?? data,
        metrics: await this.#prepare(data, validation),
      });
      const hooks = new Hooks(callbacks, session.context, ({ name }) => (session.caller = name));
      for (const callback of callbacks) callback.check?.(session.context);
      const stepper = this.#stepperFor();
      const single = !stepper.chunks || hooks.has('onTrainBatchBegin') || callbacks.some((callback) => callback.everyStep === true);
      const folder = options.run === false ? null : new RunFolder(this.model.name, this.#describe(data, options, callbacks), options.run);
      session.folder = folder?.path ?? null;
      await folder?.recordCommit();
      return this.#train(
        {
          state: this.#stateBox(),
          session,
          hooks,
          stepper,
          hyperparameters: this.#hyperparameters,
          evaluator: this.#evaluator,
          evaluated: () => this.#evaluated(),
          evaluationKey: this.#keys.evaluation,
          chunk: this.#chunkFor(single ? 1 : (options.stepsPerExecution ?? 'auto'), bytesPerBatch(data)),
          data,
          validation: validation === undefined ? null : { data: validation, frequency },
          history: this.#history,
          folder,
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
      return evaluateSource(this.#evaluator, () => this.#evaluated(), data, this.#keys.evaluation, { hooks });
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
      return this.#predictor.predict(this.#evaluated(), inputs, this.#keys.evaluation, hooks, options.batchSize);
    });
  }

  /** Frees what the engine holds for this trainer. */
  async dispose(): Promise<void> {
    await this.#stepper?.dispose();
    this.#stepper = null;
    await this.#evaluator.dispose();
    await this.#predictor.dispose();
  }

  async #train(parts: Omit<FitParts, 'interrupt'>, handleSignals: boolean): Promise<FitResult> {
    const { folder, hooks, session } = parts;
    const interrupt = handleSignals ? new Interrupt() : null;
    this.#emit = hooks.emit;
    session.emit = (event, payload) => {
      hooks.emit?.(event, payload);
      folder?.event(event, payload);
    };
    try {
      const stop = await new Fit({ ...parts, interrupt }).run();
      folder?.finish(stop);
      return { history: this.#history, stop, folder: session.folder, problem: folder?.problem ?? null };
    } catch (error) {
      session.insideExecution = false;
      session.stopping = { reason: 'failed', message: error instanceof Error ? error.message : String(error) };
      const further = await hooks.fireError(error);
      folder?.event('error', { step: session.step, message: session.stopping.message, further: further.map(({ message }) => message) });
      folder?.finish(session.stopping, error);
      throw error;
    } finally {
      this.#emit = null;
      interrupt?.dispose();
    }
  }

  #stateBox(): { current: TrainState } {
    this.#state ??= { current: initialState(this.model, this.#optimizer, this.#keys.init) };
    return this.#state;
  }

  /** What evaluations and predictions use: some optimizers train other parameters than they end with. */
  #evaluated(): ModelValues {
    const { params, optimizer, buffers } = this.state;
    return { params: (this.#optimizer.evaluationParams?.(params, optimizer) ?? params) as Params, buffers };
  }

  /** The steps of this trainer: made once, so that a second `fit` compiles nothing again. */
  #stepperFor(): Stepper {
    if (this.#stepper !== null) return this.#stepper;
    const parts = {
      model: this.model,
      optimizer: this.#optimizer,
      gradient: this.#gradient,
      engine: this.#engine,
      hyperparameters: this.#hyperparameters,
      key: this.#keys.steps,
      emit: () => this.#emit,
    };
    return (this.#stepper = makeStepper(parts, this.state));
  }

  /** Steps per execution, with what an earlier `fit` on such batches has learned. */
  #chunkFor(setting: 'auto' | number, bytes: number): ChunkSize {
    const key = `${setting} ${bytes}`;
    const chunk = this.#chunks.get(key) ?? new ChunkSize(setting, bytes);
    this.#chunks.set(key, chunk);
    return chunk;
  }

  /** Compiles for both sources, which finds shapes that do not fit. @returns every name this run reports, with its direction. */
  async #prepare(data: DataSource, validation: DataSource | undefined): Promise<Record<string, MetricInfo>> {
    const reported = await this.#stepperFor().prepare(batchSpecs(data, data.batchSize));
    const declared = this.model.metrics ?? {};
    const metrics = Object.fromEntries([...reported, ...Object.keys(declared)].map((name) => [name, metricInfo(this.model, name)]));
    if (validation === undefined) return metrics;
    const validated = await this.#evaluator.prepare(this.state, batchSpecs(validation, validation.batchSize));
    for (const name of [...validated, ...Object.keys(declared)]) metrics[`val_${name}`] = metricInfo(this.model, name);
    return metrics;
  }

  #session(run: {
    readonly epochs?: number;
    readonly data?: DataSource;
    readonly evaluationData?: DataSource;
    readonly metrics?: Readonly<Record<string, MetricInfo>>;
  }): Session {
    const { epochs = this.state.epoch, data, evaluationData = data, metrics = {} } = run;
    const session: Session = new Session({
      model: this.model,
      seed: this.seed,
      epochs,
      stepsPerEpoch: data?.length ?? 0,
      samplesPerEpoch: data?.size ?? 0,
      history: this.#history,
      metrics,
      hyperparameters: this.#hyperparameters,
      state: this.#stateBox(),
      evaluate: (source = evaluationData) => {
        checkSource(source as DataSource, 'data of context.evaluate()');
        const hooks = new Hooks([], session.context);
        return evaluateSource(this.#evaluator, () => this.#evaluated(), source as DataSource, this.#keys.evaluation, {
          hooks,
          emit: this.#emit,
          silent: true,
        });
      },
    });
    session.epoch = this.state.epoch;
    return session;
  }

  #resolveCallbacks(callbacks: FitOptions['callbacks'] = []): Callback[] {
    const resolved = callbacks.map((callback) => this.#registry.resolve('callback', callback));
    checkCallbackNames(resolved);
    return [...resolved, ...this.#listeners];
  }

  #describe(data: DataSource, options: FitOptions, callbacks: readonly Callback[]): Record<string, unknown> {
    const params = Object.values(this.params);
    return {
      model: this.model.name,
      parameters: params.reduce((total, { size }) => total + size, 0),
      optimizer: this.#optimizer.name,
      gradient: this.#gradient.name,
      engine: this.#engine.name,
      plugins: this.#registry.plugins,
      hyperparameters: this.#hyperparameters.at(this.state.step),
      seed: this.seed,
      epochs: options.epochs ?? 1,
      data: { size: data.size, batchSize: data.batchSize, validationSize: options.validationData?.size ?? 0 },
      callbacks: callbacks.map(({ name }) => name),
    };
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) {
      throw new GradusError('TRAINER_BUSY', {
        what: `The trainer of model '${this.model.name}' is at work already`,
        expected: 'one fit, evaluate or predict at a time',
        fix: 'Await the other call first; inside a callback use context.evaluate().',
      });
    }
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}
