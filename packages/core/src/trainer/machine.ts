/** A model with what trains it: where it stands, and what was compiled for it, once. */
import { randomKey, split, type Engine, type NDArray } from '@gradus/graph';
import type { Callback, Fingerprint, MetricInfo } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { Batch, Emit, Model, Params } from '../contracts/model.js';
import type { TrainState } from '../contracts/train-state.js';
import { History } from '../history.js';
import { HyperparameterSet } from '../hyperparameters.js';
import type { RunFolder } from '../run-folder.js';
import { batchSpecs, bytesPerBatch } from './batches.js';
import { ChunkSize } from './chunk-size.js';
import { evaluateSource } from './evaluation.js';
import { Evaluator, type ModelValues } from './evaluator.js';
import { fingerprintOf } from './fingerprint.js';
import type { Hooks } from './hooks.js';
import type { Learner } from './learner.js';
import { makeStepper } from './make-stepper.js';
import { Predictor } from './predictor.js';
import { metricInfo } from './reports.js';
import type { Session } from './session.js';
import { capture, progressFrom } from './snapshots.js';
import { initialProgress, type Progress } from './state.js';
import type { Stepper } from './stepper.js';

/** Validation data, and every how many epochs it is looked at. */
export interface Validation {
  readonly data: DataSource;
  readonly frequency: number;
}

export class Machine {
  readonly model: Model;
  readonly learner: Learner;
  readonly engine: Engine;
  readonly seed: number;
  readonly hyperparameters: HyperparameterSet;
  readonly history = new History();
  readonly evaluator: Evaluator;
  readonly evaluationKey: NDArray;
  /** Where model events go while training. */
  emit: Emit | null = null;
  readonly #initKey: NDArray;
  readonly #stepKey: NDArray;
  readonly #predictor: Predictor;
  #state: { current: Progress } | null = null;
  #stepper: Stepper | null = null;
  readonly #chunks = new Map<string, ChunkSize>();

  constructor(model: Model, learner: Learner, engine: Engine, seed: number) {
    this.model = model;
    this.learner = learner;
    this.engine = engine;
    this.seed = seed;
    [this.#initKey, this.#stepKey, this.evaluationKey] = split(randomKey(seed), 3) as NDArray[];
    this.hyperparameters = new HyperparameterSet(learner.optimizer, learner.kind === 'gradient' ? learner.gradient : { name: 'none' });
    this.evaluator = new Evaluator(model, engine, { training: false, rewarded: learner.kind === 'proposer' });
    this.#predictor = new Predictor(model, engine);
  }

  /** Where it stands: made at the first use, then replaced as training goes on. */
  get state(): { current: Progress } {
    return (this.#state ??= { current: initialProgress(this.model, this.learner, this.#initKey) });
  }

  get now(): Progress {
    return this.state.current;
  }

  /** What evaluations and predictions use: some optimizers train other parameters than they end with. */
  evaluated(): ModelValues {
    const { params, optimizer, buffers, variables } = this.now;
    const evaluated = this.learner.kind === 'gradient' ? this.learner.optimizer.evaluationParams?.(params, optimizer) : undefined;
    return { params: (evaluated ?? params) as Params, buffers, variables };
  }

  /** The training steps: made once, so that a second `fit` compiles nothing again. */
  get stepper(): Stepper {
    const { model, learner, engine, hyperparameters } = this;
    const parts = { model, learner, engine, hyperparameters, key: this.#stepKey, emit: () => this.emit };
    return (this.#stepper ??= makeStepper(parts, this.now));
  }

  /** Steps per execution, with what an earlier `fit` on such batches has learned. */
  chunkFor(setting: 'auto' | number, data: DataSource): ChunkSize {
    const bytes = bytesPerBatch(data);
    const key = `${setting} ${bytes}`;
    const chunk = this.#chunks.get(key) ?? new ChunkSize(setting, bytes);
    this.#chunks.set(key, chunk);
    return chunk;
  }

  /** Compiles for both sources, which finds shapes that do not fit. @returns every name the run reports, with its direction. */
  async prepare(data: DataSource, validation: DataSource | undefined): Promise<Record<string, MetricInfo>> {
    const reported = await this.stepper.prepare(batchSpecs(data, data.batchSize));
    const declared = Object.keys(this.model.metrics ?? {});
    const metrics = Object.fromEntries([...reported, ...declared].map((name) => [name, metricInfo(this.model, name)]));
    if (validation === undefined) return metrics;
    const validated = await this.evaluator.prepare(this.now, batchSpecs(validation, validation.batchSize));
    for (const name of [...validated, ...declared]) metrics[`val_${name}`] = metricInfo(this.model, name);
    return metrics;
  }

  evaluate(source: DataSource, hooks: Hooks, options: { readonly silent?: boolean } = {}): Promise<Record<string, number>> {
    const emit = this.emit ?? hooks.emit;
    return evaluateSource(this.evaluator, () => this.evaluated(), source, this.evaluationKey, { hooks, emit, ...options });
  }

  predict(inputs: Batch, hooks: Hooks, batchSize?: number): Promise<NDArray | Params> {
    return this.#predictor.predict(this.evaluated(), inputs, this.evaluationKey, hooks, batchSize);
  }

  /** Everything that decides the future, of a run or between two. */
  capture(callbacks: readonly Callback[], session: Session | null = null, folder: RunFolder | null = null): TrainState {
    const { state, seed, history, hyperparameters } = this;
    return capture({ state, seed, history, hyperparameters, callbacks, session, folder });
  }

  /** Goes to a state, but for what callbacks keep. @throws `STATE_MISMATCH`. */
  reinstate(state: TrainState): void {
    this.state.current = progressFrom(state, this.now, this.seed);
    this.hyperparameters.restore(state.hyperparameters);
    this.history.restore(state.history);
  }

  fingerprint(epochs: number, data: DataSource, validation: Validation | null, callbacks: readonly Callback[]): Promise<Fingerprint> {
    const { model, engine, learner, hyperparameters, seed, stepper } = this;
    return fingerprintOf({
      ...{ model: model.name, engine: engine.name, learner, hyperparameters, seed, stepper },
      ...{ state: this.now, epochs, data, validation, callbacks },
    });
  }

  /** Frees what the engine holds. */
  async dispose(): Promise<void> {
    await this.#stepper?.dispose();
    this.#stepper = null;
    await this.evaluator.dispose();
    await this.#predictor.dispose();
  }
}
