/** Which axes of a parameter belong to one unit: one output of a layer. */
import type { Shape } from '@gradus/graph';

export interface UnitOptions {
  /**
   * The axes over which one unit spreads, by the parameter's name and shape. Default: all but the last of a matrix, which is
   * [in, out] as in `dense`; all but the first of more axes, as ONNX has the kernels of convolutions; all of a vector or scalar.
   */
  readonly axes?: (name: string, shape: Shape) => readonly number[];
}

export function unitAxes(_name: string, shape: Shape): readonly number[] {
  const all = shape.map((_, axis) => axis);
  if (shape.filter((n) => n !== 1).length <= 1) return all;
  return shape.length === 2 ? [0] : all.slice(1);
}
