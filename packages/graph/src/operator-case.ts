/** One example of an operator with its expected result: what every engine must reproduce. */
import type { NDArray } from './ndarray.js';
import type { Tensor } from './tensor.js';

export interface OperatorCase {
  /** Says what is special: `broadcasts`, `negative axis`. Unique within its operator. */
  readonly name: string;
  /** The function under test, of as many tensors as there are `inputs`. */
  readonly fn: (...inputs: Tensor[]) => Tensor | readonly Tensor[];
  readonly inputs: readonly NDArray[];
  /** The outputs, worked out by hand or from a reference. */
  readonly expected: NDArray | readonly NDArray[];
  /** Largest allowed |difference| / max(1, |expected|), per float type. Default: 1e-6 in float32, 1e-12 in float64. */
  readonly tolerance?: number;
  /** Inputs whose gradient is checked against central differences in float64. Default: every float input. `[]`: none. */
  readonly differentiable?: readonly number[];
}
