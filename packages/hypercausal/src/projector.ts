/** Projectors: from a state to a fan of possible next states. */
import { add, asarray, expandDims, multiply, tanh, type Tensor } from '@gradus/graph';
import { Futures } from './futures.js';
import { clampBranches, requireFinite, type Vector } from './validation.js';

export interface Projector {
  /**
   * @param state D numbers.
   * @param branches Rows to make; default 2.
   * @param out Where to write, of the right size; default: new.
   */
  project(state: Vector, branches?: number, out?: Futures): Futures;
}

export interface LinearProjectorOptions {
  /** Factor on the state. Default 1. */
  readonly weight?: number;
  /** Added to every channel. Default 0. */
  readonly bias?: number;
  /** Half the width of the fan; negative values reverse the rows. Default 0.2. */
  readonly span?: number;
}

/**
 * `F[j, d] = tanh(weight * state[d] + bias + delta_j)`, where delta runs evenly from `-span` to `span`. The state is already
 * bounded and goes through tanh once more: the middle branch is `tanh(state)`, not the state.
 *
 * @throws `INVALID_ARGUMENT` for a weight, bias or span that is not finite. Fewer than 2 branches count as 2.
 * @example
 * new LinearProjector({ weight: 0.9, bias: 0.1, span: 0.3 }).project([0.2, -0.1], 3).row(1); // [0.27290508, 0.00999967]
 */
export class LinearProjector implements Projector {
  readonly weight: number;
  readonly bias: number;
  readonly span: number;

  constructor({ weight = 1, bias = 0, span = 0.2 }: LinearProjectorOptions = {}) {
    requireFinite('weight', weight);
    requireFinite('bias', bias);
    requireFinite('span', span);
    this.weight = weight;
    this.bias = bias;
    this.span = span;
  }

  /** Offset of branch j of k: evenly spaced, and exactly `span` at the end. */
  #offset(j: number, k: number): number {
    return j === k - 1 ? this.span : -this.span + j * ((2 * this.span) / (k - 1));
  }

  project(state: Vector, branches = 2, out?: Futures): Futures {
    const k = clampBranches(branches);
    const dim = state.length;
    const futures = out ?? new Futures(k, dim);
    const { data } = futures;
    const { weight, bias } = this;
    for (let j = 0, i = 0; j < k; j++) {
      const delta = this.#offset(j, k);
      for (let d = 0; d < dim; d++) data[i++] = Math.tanh(weight * state[d] + bias + delta);
    }
    return futures;
  }

  /** The same in tensors: `[T, D]` to `[T, K, D]`. */
  projectTensor(states: Tensor, branches = 2): Tensor {
    const k = clampBranches(branches);
    const deltas = asarray(
      Array.from({ length: k }, (_, j) => this.#offset(j, k)),
      { dtype: states.dtype, shape: [1, k, 1] },
    );
    return tanh(add(expandDims(add(multiply(states, this.weight), this.bias), 1), deltas));
  }
}
