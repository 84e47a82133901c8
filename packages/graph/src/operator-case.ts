/** One example of an operator with its expected result, what every engine must reproduce, and shorthands to write them. */
import type { DType } from './dtype.js';
import { asarray, type NDArray, type Nested } from './ndarray.js';
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
  /** Float64 inputs whose gradient is checked against central differences. Default: all of them. `[]`: none. */
  readonly differentiable?: readonly number[];
}

const of =
  (dtype: DType) =>
  (values: Nested): NDArray =>
    asarray(values, { dtype });

export const f32 = of('float32');
export const f64 = of('float64');
export const i32 = of('int32');
export const i64 = of('int64');
export const u32 = of('uint32');
export const bool = of('bool');

const makers = { f32, f64, i32, i64, u32, bool };

/** The same example in several element types, one case each, for operators that keep the type of their operands. */
export function inTypes(
  types: readonly (keyof typeof makers)[],
  name: string,
  fn: OperatorCase['fn'],
  inputs: readonly Nested[],
  expected: Nested,
  options: Pick<OperatorCase, 'differentiable' | 'tolerance'> = {},
): OperatorCase[] {
  return types.map((type) => ({
    name: `${name}, ${type}`,
    fn,
    inputs: inputs.map((values) => makers[type](values)),
    expected: makers[type](expected),
    ...options,
  }));
}

/** The same example in both float types. */
export const inFloats = (...args: Parameters<typeof inTypes> extends [unknown, ...infer Rest] ? Rest : never): OperatorCase[] =>
  inTypes(['f32', 'f64'], ...args);
