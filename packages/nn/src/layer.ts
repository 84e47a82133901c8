/** What a layer is: initial parameters by relative name, and a pure function of parameters and input. */
import type { ModelContext, Params, TensorParams } from '@gradus/core';
import { GradusError, formatSpec, type NDArray, type Tensor, type TensorSpec } from '@gradus/graph';

/** What a layer is told besides parameters and input: a model's context, with the buffers of this layer alone. */
export interface LayerContext extends ModelContext {
  /** Takes the new value of one of the layer's buffers while training; absent where nobody keeps it. */
  readonly setBuffer?: (name: string, value: Tensor) => void;
}

/**
 * Named inputs beside the one that goes from layer to layer: masks, a memory to attend to, states to begin with. A container gives
 * them to all of its members, and a layer reads those that it knows: its description lists them.
 */
export type Extras = Readonly<Record<string, Tensor | undefined>>;

export interface Layer {
  /** Parameters by names relative to the layer (`weight`, `bias`); `{}` for a layer without any. */
  init(key: NDArray): Params;
  /** @param context The step's key and mode; a layer without randomness ignores it. */
  apply(params: TensorParams, x: Tensor, context: LayerContext, extras?: Extras): Tensor;
  /** Initial values of what training changes without gradients, by relative names. Default: none. */
  buffers?(): Params;
  /** Whether `apply` uses `context.key`: containers split keys only for layers that do. Default: `false`. */
  readonly random?: boolean;
}

/** A function of a tensor, such as `relu`, or a layer. */
export type LayerLike = Layer | ((x: Tensor) => Tensor);

export const isLayer = (value: LayerLike): value is Layer => typeof value === 'object';

/** Throws `INVALID_ARGUMENT`, naming the member, unless it is a layer or a function. */
export function requireLayer(what: string, member: unknown): void {
  if (typeof member === 'function' || typeof (member as Partial<Layer> | null)?.apply === 'function') return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `${what} is no layer`,
    received: String(member),
    expected: 'layers such as dense({ in, out }), or functions such as relu',
  });
}

/** Throws `SHAPE_MISMATCH`, naming the layer and both sizes, unless the last axis of `x` has `size` elements. */
export function requireFeatures(layer: string, x: TensorSpec, size: number): void {
  if (x.shape.length >= 2 && x.shape[x.shape.length - 1] === size) return;
  throw new GradusError('SHAPE_MISMATCH', {
    what: `${layer} takes another input`,
    received: formatSpec(x),
    expected: `[batch, …, ${size}]`,
    fix: `Give the layer before it ${size} outputs, or change \`in\`.`,
  });
}

/** Throws `SHAPE_MISMATCH`, naming the layer and both sizes, unless `x` is `[batch, channels, …]`. */
export function requireChannels(layer: string, x: TensorSpec, channels: number): void {
  if (x.shape.length >= 2 && x.shape[1] === channels) return;
  throw new GradusError('SHAPE_MISMATCH', {
    what: `${layer} takes another input`,
    received: formatSpec(x),
    expected: `[batch, ${channels}, …]`,
    fix: 'Channels come first, after the batch; change `features`, or the layer before it.',
  });
}

/** Throws `SHAPE_MISMATCH` unless `x` has the shape `[batch, ...rest]`; a word in `rest` is the name of any size. */
export function requireShape(layer: string, x: TensorSpec, rest: readonly (number | string)[], fix?: string): void {
  const fits = x.shape.length === rest.length + 1 && rest.every((n, i) => typeof n === 'string' || n === x.shape[i + 1]);
  if (fits) return;
  throw new GradusError('SHAPE_MISMATCH', {
    what: `${layer} takes another input`,
    received: formatSpec(x),
    expected: `[${['batch', ...rest].join(', ')}]`,
    fix,
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
