/** The trainer: takes a model and the parts that train it, and offers `fit`, `evaluate` and `predict`. */
import { dtypes, GradusError, randomKey, sizeOf, split, type Engine, type NDArray } from '@gradus/graph';
import type { Callback, MetricInfo } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { GradientEstimator } from '../contracts/gradient-estimator.js';
import type { GradientTransform } from '../contracts/gradient-transform.js';
import type { Batch, Model, Params } from '../contracts/model.js';
import type { PartOf } from '../contracts/plugin.js';
import { History } from '../history.js';
import { HyperparameterSet } from '../hyperparameters.js';
import { Interrupt } from '../interrupt.js';
import { checkParams, replaceParams } from '../params.js';
import { Registry } from '../registry.js';
import { RunFolder } from '../run-folder.js';
import { batchSpecs, checkSource } from './batches.js';
import { checkFitOptions, checkModel, checkParts } from './checks.js';
import { ChunkSize } from './chunk-size.js';
import { evaluateSource } from './evaluation.js';
import { Evaluator } from './evaluator.js';
import { Fit } from './fit.js';
import { Hooks, type HookName } from './hooks.js';
import type { FitOptions, FitResult, TrainerOptions } from './options.js';
import { Predictor } from './predictor.js';
import { SampledStepper } from './sampled-stepper.js';
import { Session } from './session.js';
import type { TrainState } from './state.js';
import type { Stepper } from './stepper.js';
import { TracedStepper } from './traced-stepper.js';

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
  #busy = false;

  constructor(options: TrainerOptions) {
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
      const callbacks = [...(options.callbacks ?? []).map((callback) => this.#registry.resolve('callback', callback)), ...this.#listeners];
      const state = this.#stateBox();
      this.#hyperparameters.at(state.current.step);
      let emit: Hooks['emit'] = null;
      const stepper = this.#makeStepper(data, () => emit);
      try {
        await stepper.ready();
        const { validationData: validation, validationFrequency: frequency = 1 } = options;
        const names = this.#prepareValidation(stepper, validation);
        const session = new Session({
          model: this.model,
          seed: this.seed,
          epochs: state.current.epoch + (options.epochs ?? 1),
          stepsPerEpoch: data.length,
          history: this.#history,
          metrics: names,
          hyperparameters: this.#hyperparameters,
          state,
          evaluate: (source) =>
            evaluateSource(this.#evaluator, state.current.params, source ?? validation ?? data, this.#keys.evaluation, { hooks, silent: true }),
        });
        const hooks: Hooks = new Hooks(callbacks, session.context, ({ name }) => (session.caller = name));
        emit = hooks.emit;
        for (const callback of callbacks) callback.check?.(session.context);
        const single = hooks.has('onTrainBatchBegin') || callbacks.some((callback) => callback.everyStep === true);
        const chunk = new ChunkSize(single || !stepper.chunks ? 1 : (options.stepsPerExecution ?? 'auto'), bytesPerBatch(data));
        const folder = options.run === false ? null : new RunFolder(this.model.name, this.#describe(data, options), options.run);
        session.folder = folder?.path ?? null;
        await folder?.recordCommit();
        const parts = { state, session, hooks, stepper, hyperparameters: this.#hyperparameters, evaluator: this.#evaluator, evaluationKey: this.#keys.evaluation, chunk, data, history: this.#history, folder };
        return await this.#train({ ...parts, validation: validation === undefined ? null : { data: validation, frequency } }, options);
      } finally {
        await stepper.dispose();
      }
    });
  }

  /** Means of the loss and metrics over `data`, weighted by samples. Test hooks fire. */
  async evaluate(data: DataSource, options: Pick<FitOptions, 'callbacks'> = {}): Promise<Record<string, number>> {
    checkSource(data, 'data');
    return this.#exclusively(async () => {
      const hooks = this.#standaloneHooks(data, options.callbacks);
      return evaluateSource(this.#evaluator, this.params, data, this.#keys.evaluation, { hooks, silent: false });
    });
  }

  /**
   * The model's outputs for `inputs`, in the order of the rows. Predict hooks fire.
   * @param options.batchSize Rows per call of the model. Default: all at once.
   */
  async predict(inputs: Batch, options: { readonly batchSize?: number; readonly callbacks?: FitOptions['callbacks'] } = {}): Promise<NDArray | Params> {
    return this.#exclusively(async () => {
      const hooks = this.#standaloneHooks(null, options.callbacks);
      return this.#predictor.predict(this.params, inputs, this.#keys.evaluation, hooks, options.batchSize);
    });
  }

  /** Frees what the engine holds for this trainer. */
  async dispose(): Promise<void> {
    await this.#evaluator.dispose();
    await this.#predictor.dispose();
  }

  async #train(parts: Omit<ConstructorParameters<typeof Fit>[0], 'interrupt'>, options: FitOptions): Promise<FitResult> {
    const { folder, hooks, session } = parts;
    const interrupt = options.handleSignals === false ? null : new Interrupt();
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
      interrupt?.dispose();
    }
  }

  #stateBox(): { current: TrainState } {
    if (this.#state === null) {
      const params = this.model.init(this.#keys.init);
      checkParams(params, `model '${this.model.name}'`);
      this.#state = { current: { params, optimizer: this.#optimizer.init(params), step: 0, epoch: 0 } };
    }
    return this.#state;
  }

  #makeStepper(data: DataSource, emit: () => Hooks['emit']): Stepper {
    const shared = { model: this.model, optimizer: this.#optimizer, hyperparameters: this.#hyperparameters, key: this.#keys.steps };
    if (this.#gradient.kind === 'traced') {
      return new TracedStepper({ ...shared, gradient: this.#gradient, engine: this.#engine }, this.state, batchSpecs(data, data.batchSize));
    }
    const evaluator = new Evaluator(this.model, this.#engine, true);
    if (this.model.objective === undefined) evaluator.prepare(this.params, batchSpecs(data, data.batchSize));
    return new SampledStepper({ ...shared, gradient: this.#gradient, evaluator, emit }, this.state);
  }

  /** Every name this run reports with its direction; tracing the validation finds shapes that do not fit. */
  #prepareValidation(stepper: Stepper, validation: DataSource | undefined): Record<string, MetricInfo> {
    if (validation !== undefined && this.model.objective === undefined) {
      this.#evaluator.prepare(this.params, batchSpecs(validation, validation.batchSize));
    }
    const declared = this.model.metrics ?? {};
    const info = (name: string): MetricInfo => ({ direction: name === 'loss' ? 'min' : (declared[name] ?? null) });
    const names = [...new Set([...stepper.reportNames, ...Object.keys(declared)])];
    const all = validation === undefined ? names : [...names, ...names.map((name) => `val_${name}`)];
    return Object.fromEntries(all.map((name) => [name, info(name.replace(/^val_/, ''))]));
  }

  #standaloneHooks(data: DataSource | null, callbacks: FitOptions['callbacks'] = []): Hooks {
    const resolved = [...callbacks.map((callback) => this.#registry.resolve('callback', callback)), ...this.#listeners];
    const session: Session = new Session({
      model: this.model,
      seed: this.seed,
      epochs: this.state.epoch,
      stepsPerEpoch: data?.length ?? 0,
      history: this.#history,
      metrics: {},
      hyperparameters: this.#hyperparameters,
      state: this.#stateBox(),
      evaluate: (source) =>
        evaluateSource(this.#evaluator, this.params, source ?? data!, this.#keys.evaluation, { hooks: new Hooks([], session.context), silent: true }),
    });
    session.epoch = this.state.epoch;
    return new Hooks(resolved, session.context);
  }

  #describe(data: DataSource, options: FitOptions): Record<string, unknown> {
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
      callbacks: (options.callbacks ?? []).map((callback) => this.#callbackName(callback)),
    };
  }

  #callbackName(callback: PartOf<'callback'>): string {
    return typeof callback === 'string' ? callback : 'use' in callback ? callback.use : callback.name;
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

const bytesPerBatch = (data: DataSource): number =>
  data.batchSize * Object.values(data.fields).reduce((total, { dtype, shape }) => total + dtypes[dtype].bytes * sizeOf(shape), 0);
