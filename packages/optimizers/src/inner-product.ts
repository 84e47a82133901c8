/** Numbers over all parameters at once. */
import type { TensorParams } from '@gradus/core';
import { add, cast, multiply, scalar, sum, type Tensor, type TensorSpec } from '@gradus/graph';

/** The element type of scalars that go with parameters: `float64` as soon as one of them is. */
export const floatOf = (params: Readonly<Record<string, TensorSpec>>): 'float32' | 'float64' =>
  Object.values(params).some(({ dtype }) => dtype === 'float64') ? 'float64' : 'float32';

/** Σ a b over all elements of all parameters; 0 without parameters. */
export function innerProduct(a: TensorParams, b: TensorParams): Tensor {
  const dtype = floatOf(a);
  const products = Object.entries(a).map(([name, x]): Tensor => cast(sum(multiply(x, b[name])), dtype));
  return products.length === 0 ? scalar(0, dtype) : products.reduce((total, product) => add(total, product));
}
