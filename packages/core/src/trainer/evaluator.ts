/** The loss and metrics of parameters on batches, without changing anything: compiled, or by asking the black box. */
import { GradusError, trace, type Engine, type NDArray, type Tensor, type TensorSpec } from '@gradus/graph';
import type { Batch, Emit, Evaluation, Model, Params, TensorBatch, TensorParams } from '../contracts/model.js';
import { signatureOf } from './batches.js';
import { CompiledFunction, normalizeLoss, reportsOf } from './traced.js';

export class Evaluator {
  readonly #model: Model;
  readonly #engine: Engine;
  readonly #training: boolean;
  readonly #compiled = new Map<string, CompiledFunction<Record<string, Tensor>>>();

  /** @param training What the model is told: `true` when a sampled estimator asks for the loss of a training step. */
  constructor(model: Model, engine: Engine, training: boolean) {
    this.#model = model;
    this.#engine = engine;
    this.#training = training;
  }

  /** Every number the model reports, `loss` among them where it has one. */
  async reports(params: Params, batch: Batch, key: NDArray, emit: Emit | null): Promise<Record<string, number>> {
    const { objective } = this.#model;
    if (objective !== undefined) {
      const answer = await objective.call(this.#model, params, batch, { key, training: this.#training, emit });
      const { loss, metrics } = typeof answer === 'number' ? { loss: answer, metrics: {} } : checkEvaluation(answer, this.#model);
      return { loss, ...metrics };
    }
    const outputs = await this.#compile(params, batch).call(params, batch, key);
    return Object.fromEntries(Object.entries(outputs).map(([name, array]) => [name, (array as unknown as NDArray).item()]));
  }

  /** Loss and metrics apart, as estimators take them. */
  async evaluate(params: Params, batch: Batch, key: NDArray, emit: Emit | null): Promise<Evaluation> {
    const { loss, ...metrics } = await this.reports(params, batch, key, emit);
    return { loss, metrics };
  }

  /**
   * Traces and compiles for batches of these specs, once; a black box needs nothing.
   * @returns the names of what will be reported, as far as they are known.
   */
  async prepare(params: Params, batch: Readonly<Record<string, TensorSpec>>): Promise<readonly string[]> {
    if (this.#model.objective !== undefined) return ['loss'];
    const compiled = this.#compile(params, batch);
    await compiled.ready();
    return compiled.names;
  }

  #compile(params: Params, batch: Readonly<Record<string, TensorSpec>>): CompiledFunction<Record<string, Tensor>> {
    const signature = signatureOf(batch);
    let compiled = this.#compiled.get(signature);
    if (compiled === undefined) {
      const model = this.#model;
      const fn = (p: TensorParams, data: TensorBatch, key: Tensor): Record<string, Tensor> => {
        const context = { key, training: this.#training, emit: null };
        if (model.loss !== undefined) {
          const { loss, metrics } = normalizeLoss(model.loss(p, data, context));
          return reportsOf(`Model '${model.name}'`, loss, metrics);
        }
        const { loss, metrics } = model.pseudoGradients!(p, data, context);
        return reportsOf(`Model '${model.name}'`, loss ?? null, metrics);
      };
      const traced = trace(fn, params, batch as Record<string, TensorSpec>, { dtype: 'uint32', shape: [2] } as TensorSpec);
      this.#compiled.set(signature, (compiled = new CompiledFunction(this.#engine, traced)));
    }
    return compiled;
  }

  async dispose(): Promise<void> {
    for (const compiled of this.#compiled.values()) await compiled.dispose();
    this.#compiled.clear();
  }
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
