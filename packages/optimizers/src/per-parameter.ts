/** Records of tensors, one per parameter, in the order of the gradients. */
import type { Params, TensorParams, TransformState } from '@gradus/core';
import { add, full, multiply, zeros, type Tensor } from '@gradus/graph';

/** `fn` of each parameter's tensor and name. */
export const perParameter = (tensors: TensorParams, fn: (tensor: Tensor, name: string) => Tensor): TensorParams =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, fn(tensor, name)]));

/** Zeros of each parameter's shape and element type. */
export const zerosLike = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, { shape, dtype }]) => [name, zeros(shape, dtype)]));

/** One value in each parameter's shape and element type. */
export const fullLike = (params: Params, value: number): Params =>
  Object.fromEntries(Object.entries(params).map(([name, { shape, dtype }]) => [name, full(shape, value, dtype)]));

/** decay * mean + (1 - decay) * value. */
export const runningMean = (mean: Tensor, value: Tensor, decay: number): Tensor => add(multiply(mean, decay), multiply(value, 1 - decay));

/** `runningMean` of each parameter; `means` is the slot of the state that holds them. */
export const runningMeans = (means: Tensor | TransformState, values: TensorParams, decay: number): TensorParams =>
  perParameter(values, (value, name) => runningMean((means as TensorParams)[name], value, decay));
