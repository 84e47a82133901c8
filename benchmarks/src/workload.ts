/** A training step to measure, said once for Gradus and once for its peers. */
import { cast, multiply, NDArray, randomKey, split, uniform, type Model, type Shape, type TracedEstimator } from 'gradus';

/** What a peer builds: it knows the kinds by name and has the same layers, loss and Adam. */
export type PeerModel =
  | { readonly kind: 'mlp' | 'per-sample'; readonly layers: readonly number[] }
  | { readonly kind: 'conv'; readonly size: number; readonly channels: readonly number[] }
  | { readonly kind: 'lstm'; readonly features: number; readonly hidden: number; readonly time: number }
  | {
      readonly kind: 'transformer';
      readonly layers: number;
      readonly features: number;
      readonly heads: number;
      readonly hidden: number;
      readonly time: number;
    };

export interface Workload {
  /** `784-256-10, batch 32`. */
  readonly name: string;
  readonly model: Model;
  /** Default: back-propagation. */
  readonly gradient?: TracedEstimator;
  readonly peer: PeerModel;
  readonly batch: number;
  /** Shape of one sample; labels are classes. */
  readonly input: Shape;
  readonly classes: number;
  /** Steps of one round, and batches that exist. */
  readonly steps: number;
  /** Steps per call of the engine that are tried; the last one counts. */
  readonly perCall: readonly number[];
  /** Floating-point operations of the matrix products and convolutions of one step, forward and backward. */
  readonly flops: number;
}

/** Steps of a round of peers that are many times slower. */
export const few = ({ steps }: Workload): number => Math.max(1, steps >> 3);

/** Inputs and labels of all steps, stacked. */
export function dataOf({ steps, batch, input, classes }: Workload): { readonly x: NDArray; readonly y: NDArray } {
  const [forInputs, forLabels] = split(randomKey(2)) as NDArray[];
  return {
    x: uniform(forInputs, [steps, batch, ...input]) as NDArray,
    y: cast(multiply(uniform(forLabels, [steps, batch]), classes), 'int32') as NDArray,
  };
}

/** Rows `start` to `start + count` of the leading axis, as a view. */
export function rowsOf({ dtype, shape, data }: NDArray, start: number, count: number): NDArray {
  const size = data.length / shape[0];
  return new NDArray(dtype, [count, ...shape.slice(1)], data.subarray(start * size, (start + count) * size));
}
