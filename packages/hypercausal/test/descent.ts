/** A training loop written out: what the demos do, without the trainer. The loop is the oracle, the model is what is tested. */
import type { Batch, Emit, Params } from '@gradus/core';
import { asarray } from '@gradus/graph';
import type { SequenceLosses } from '../src/index.js';
import type { SequenceModel } from '../src/sequence-model.js';

/** A model whose parameters are a vector, counting its passes. */
export class Descent {
  passes = 0;
  theta: number[];
  readonly #model: SequenceModel;
  readonly #batch: Batch;
  readonly #names: readonly string[];
  readonly #emit: Emit | null;

  constructor(model: SequenceModel, batch: Batch, emit: Emit | null = null) {
    const initial = model.init(asarray([0, 0], { dtype: 'uint32' }));
    this.#model = model;
    this.#batch = batch;
    this.#names = Object.keys(initial);
    this.#emit = emit;
    this.theta = Object.values(initial).map((array) => array.item());
  }

  get #context() {
    return { key: asarray([0, 0], { dtype: 'uint32' }), training: true, emit: this.#emit, buffers: {} };
  }

  params(theta = this.theta): Params {
    return Object.fromEntries(this.#names.map((name, i) => [name, asarray([theta[i]], { dtype: 'float64' })]));
  }

  losses(theta = this.theta): SequenceLosses {
    this.passes++;
    const { loss, metrics } = this.#model.objective!(this.params(theta), this.#batch, this.#context) as {
      loss: number;
      metrics: { task: number; cons: number; coh: number };
    };
    return { ...metrics, total: loss } as SequenceLosses;
  }

  predict(): Record<'state' | 'future', ReturnType<typeof asarray>> {
    this.passes++;
    return this.#model.predict!(this.params(), { x: this.#batch.x }, this.#context) as never;
  }

  /** Central differences, after one evaluation at the base that is thrown away, as the demos have it. */
  central(epsilon: number): number[] {
    this.losses();
    return this.theta.map((_, i) => {
      const at = (shift: number): number => this.losses(this.theta.map((v, j) => (i === j ? v + shift : v))).total;
      return (at(epsilon) - at(-epsilon)) / (2 * epsilon);
    });
  }

  forward(epsilon: number): number[] {
    const base = this.losses().total;
    return this.theta.map((_, i) => (this.losses(this.theta.map((v, j) => (i === j ? v + epsilon : v))).total - base) / epsilon);
  }

  step(gradients: readonly number[], rate: number): void {
    this.theta = this.theta.map((v, i) => v - rate * gradients[i]);
  }
}

export const norm = (vector: readonly number[]): number => Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));

export function clip(gradients: readonly number[], most: number): number[] {
  const size = norm(gradients);
  return size <= most || size === 0 ? [...gradients] : gradients.map((g) => g * (most / size));
}

/** Linear from `start` to `end`, rounded half to even. */
export function scheduledDepth(epoch: number, start: number, end: number, epochs: number): number {
  const exact = start + (end - start) * Math.min(Math.max(epoch / Math.max(1, epochs), 0), 1);
  const rounded = Math.round(exact);
  return rounded - exact === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
