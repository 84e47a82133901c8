/** What a layer is: initial parameters by relative name, and a pure function of parameters and input. */
import type { ModelContext, Params, TensorParams } from '@gradus/core';
import { GradusError, type NDArray, type Tensor, type TensorSpec } from '@gradus/graph';

export interface Layer {
  /** Parameters by names relative to the layer (`weight`, `bias`); `{}` for a layer without any. */
  init(key: NDArray): Params;
  /** @param context The step's key and mode; a layer without randomness ignores it. */
  apply(params: TensorParams, x: Tensor, context: ModelContext): Tensor;
  /** Whether `apply` uses `context.key`: containers split keys only for layers that do. Default: `false`. */
  readonly random?: boolean;
}

/** A function of a tensor, such as `relu`, or a layer. */
export type LayerLike = Layer | ((x: Tensor) => Tensor);

export const isLayer = (value: LayerLike): value is Layer => typeof value === 'object';

/** Throws `SHAPE_MISMATCH`, naming the layer and both sizes, unless the last axis of `x` has `size` elements. */
export function requireFeatures(layer: string, x: TensorSpec, size: number): void {
  if (x.shape.length >= 2 && x.shape[x.shape.length - 1] === size) return;
  throw new GradusError('SHAPE_MISMATCH', {
    what: `${layer} takes another input`,
    received: `${x.dtype}[${x.shape.join(', ')}]`,
    expected: `[batch, …, ${size}]`,
    fix: `Give the layer before it ${size} outputs, or change \`in\`.`,
  });
}

/** Throws `INVALID_ARGUMENT`, naming layer and option, unless `value` is a whole number of 1 or more. */
export function requireSize(layer: string, option: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `Option '${option}' of ${layer} is not usable`,
    received: String(value),
    expected: 'a whole number of 1 or more',
  });
}
