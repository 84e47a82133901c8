/** The loss and metrics of parameters on batches, without changing anything: compiled, or by asking the black box. */
import { GradusError, trace, type Engine, type NDArray, type Tensor, type TensorSpec } from '@gradus/graph';
import type { Batch, Emit, Evaluation, Model, Params, Scored, TensorBatch, TensorParams } from '../contracts/model.js';
import type { Variables } from '../contracts/train-state.js';
import { signatureOf } from './batches.js';
import { readReports, reportsOf, scalarsOnly, scoredReports, type Reports, type TracedReports } from './reports.js';
import { CompiledFunction, normalizeLoss } from './traced.js';
import { nextBuffers } from './update.js';

/** What a model computes with. */
export interface ModelValues {
  readonly params: Params;
  readonly buffers: Params;
  readonly variables: Variables;
}

/** What a compiled function of a model is made for. */
interface ModelForm {
  readonly params: Readonly<Record<string, TensorSpec>>;
  readonly buffers: Readonly<Record<string, TensorSpec>>;
}

type Answers = { readonly reports: TracedReports; readonly buffers: TensorParams };

export class Evaluator {
  readonly model: Model;
  readonly #engine: Engine;
  readonly #training: boolean;
  readonly #rewarded: boolean;
  readonly #compiled = new Map<string, CompiledFunction<Answers>>();

  /**
   * @param options.training What the model is told: `true` when the loss or reward of a training step is asked.
   * @param options.rewarded Whether it is trained by its reward.
   */
  constructor(model: Model, engine: Engine, { training, rewarded }: { readonly training: boolean; readonly rewarded: boolean }) {
    this.model = model;
    this.#engine = engine;
    this.#training = training;
    this.#rewarded = rewarded;
  }

  /** Everything the model reports, `loss` among it where it has one. */
  async reports(values: ModelValues, batch: Batch, key: NDArray, emit: Emit | null): Promise<Reports> {
    const { objective } = this.model;
    if (this.#rewarded) return scoredReports(this.model, await this.score(values, batch, key, emit));
    if (objective === undefined) return readReports((await this.#answers(values, batch, key)).reports);
    const context = { key, training: this.#training, emit, buffers: values.buffers, variables: values.variables };
    const answer = await objective.call(this.model, values.params, batch, context);
    const { loss, metrics } = typeof answer === 'number' ? { loss: answer, metrics: {} } : checkEvaluation(answer, this.model);
    return scalarsOnly({ loss, ...metrics });
  }

  /** What the model's reward says of its variables. */
  async score({ buffers, variables }: ModelValues, batch: Batch, key: NDArray, emit: Emit | null): Promise<Scored> {
    const context = { key, training: this.#training, emit, buffers, variables };
    return checkScored(await this.model.reward!(variables, batch, context), this.model);
  }

  /** Loss and metrics apart, as estimators take them. */
  async evaluate(values: ModelValues, batch: Batch, key: NDArray, emit: Emit | null): Promise<Evaluation> {
    const { loss, ...metrics } = (await this.reports(values, batch, key, emit)).logs;
    return { loss, metrics };
  }

  /** The buffers after a step on `batch`: those of a black box stay as they are. */
  async buffersAfter(values: ModelValues, batch: Batch, key: NDArray): Promise<Params> {
    if (this.model.objective !== undefined || Object.keys(values.buffers).length === 0) return values.buffers;
    return (await this.#answers(values, batch, key)).buffers as Params;
  }

  /**
   * Traces and compiles for batches of these specs, once; a black box needs nothing.
   * @returns the names of what will be reported, as far as they are known.
   */
  async prepare(values: ModelForm, batch: Readonly<Record<string, TensorSpec>>): Promise<readonly string[]> {
    if (this.#rewarded) return ['reward'];
    if (this.model.objective !== undefined) return ['loss'];
    const compiled = this.#compile(values, batch);
    await compiled.ready();
    return Object.keys(compiled.form.reports.logs);
  }

  async #answers(values: ModelValues, batch: Batch, key: NDArray): Promise<Answers> {
    return (await this.#compile(values, batch).call(values.params, values.buffers, batch, key)) as Answers;
  }

  #compile({ params, buffers }: ModelForm, batch: Readonly<Record<string, TensorSpec>>): CompiledFunction<Answers> {
    const signature = signatureOf(batch);
    let compiled = this.#compiled.get(signature);
    if (compiled === undefined) {
      const { model } = this;
      const fn = (p: TensorParams, own: TensorParams, data: TensorBatch, key: Tensor): Answers => {
        const context = { key, training: this.#training, emit: null, buffers: own };
        const result = model.loss === undefined ? model.pseudoGradients!(p, data, context) : normalizeLoss(model.loss(p, data, context));
        const next = this.#training ? nextBuffers(model, buffers, own, result.buffers) : {};
        return { reports: reportsOf(model, result.loss ?? null, result.metrics), buffers: next };
      };
      const traced = trace(fn, params, buffers, batch as Record<string, TensorSpec>, { dtype: 'uint32', shape: [2] } as TensorSpec);
      this.#compiled.set(signature, (compiled = new CompiledFunction<Answers>(this.#engine, traced)));
    }
    return compiled;
  }

  async dispose(): Promise<void> {
    for (const compiled of this.#compiled.values()) await compiled.dispose();
    this.#compiled.clear();
  }
}

function checkScored(answer: Scored, model: Model): Scored {
  if (typeof answer?.reward === 'number') return answer;
  throw new GradusError('INVALID_REPORT', {
    what: `The reward of model '${model.name}' is no number`,
    received: answer === null || typeof answer !== 'object' ? String(answer) : `an object with reward ${String(answer.reward)}`,
    expected: '{ reward, metrics?, details? }',
  });
}

function checkEvaluation(answer: Evaluation, model: Model): Evaluation {
  if (typeof answer?.loss === 'number') return answer;
  throw new GradusError('INVALID_REPORT', {
    what: `The objective of model '${model.name}' gave no loss`,
    received:
      answer === null || typeof answer !== 'object' ? String(answer) : `an object with ${Object.keys(answer).join(', ') || 'nothing'}`,
    expected: 'a number, or { loss, metrics? }',
  });
}
