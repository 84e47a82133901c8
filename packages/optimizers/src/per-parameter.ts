/** Records of tensors, one per parameter, in the order of the gradients. */
import type { Params, TensorParams } from '@gradus/core';
import { zeros, type Tensor } from '@gradus/graph';

/** `fn` of each parameter's tensor and name. */
export const perParameter = (tensors: TensorParams, fn: (tensor: Tensor, name: string) => Tensor): TensorParams =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, fn(tensor, name)]));

/** Zeros of each parameter's shape and element type. */
export const zerosLike = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, { shape, dtype }]) => [name, zeros(shape, dtype)]));
