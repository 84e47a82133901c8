/** Rotary positions. */
import { add, asarray, concat, multiply, splitAxis, subtract, type NDArray, type Tensor } from '@gradus/graph';

/**
 * Feature i of the first half and of the second, as the coordinates of a point, turned by time / 10000^(i / half): the product of two
 * rotated vectors then depends on how far apart their times are. The pairing is that of GPT-NeoX and LLaMA. Su et al. (2021).
 *
 * @param x [batch, time, heads, size], with an even size.
 */
export function rotate(x: Tensor): Tensor {
  const [, time, , size] = x.shape;
  const half = size / 2;
  const table = (value: (angle: number) => number): NDArray =>
    asarray(
      Float64Array.from({ length: time * half }, (_, i) => value(Math.floor(i / half) / 10_000 ** ((i % half) / half))),
      { shape: [time, 1, half], dtype: x.dtype },
    );
  const [cos, sin] = [table(Math.cos), table(Math.sin)];
  const [a, b] = splitAxis(x, 2, { axis: 3 });
  return concat([subtract(multiply(a, cos), multiply(b, sin)), add(multiply(b, cos), multiply(a, sin))], { axis: 3 });
}
