/** How gradients are obtained: inside the compiled step, or by evaluating the loss several times. */
import type { NDArray, Tensor } from '@gradus/graph';
import type { Hyperparameters } from './gradient-transform.js';
import type { Evaluation, Metrics, Model, ModelContext, Params, TensorBatch, TensorParams } from './model.js';

/** Gradients with what was learned on the way. */
export interface TracedGradients {
  readonly gradients: TensorParams;
  /** `null` when the model reports none. */
  readonly loss: Tensor | null;
  readonly metrics: Metrics;
  /** New values of the model's buffers. */
  readonly buffers?: TensorParams;
}

/** Written in tensors: becomes part of the compiled step. */
export interface TracedEstimator {
  readonly kind: 'traced';
  readonly name: string;
  /** The way of being trained that the model must offer. */
  readonly needs: 'loss' | 'pseudoGradients';
  readonly hyperparameters?: Hyperparameters;
  estimate(
    model: Model,
    params: TensorParams,
    batch: TensorBatch,
    context: ModelContext & { readonly hyperparameters: Readonly<Record<string, Tensor>> },
  ): TracedGradients;
}

/** Calls the loss as a black box: the model's `objective`, or its compiled `loss`. */
export interface SampledEstimator {
  readonly kind: 'sampled';
  readonly name: string;
  readonly hyperparameters?: Hyperparameters;
  /**
   * @param evaluate The loss at other parameters, on the batch of this step.
   * @returns Gradients named and shaped as `params`, and what to report as this step's loss.
   */
  estimate(
    evaluate: (params: Params) => Promise<Evaluation>,
    params: Params,
    context: { readonly key: NDArray; readonly hyperparameters: Readonly<Record<string, number>> },
  ): Promise<{ readonly gradients: Params; readonly evaluation: Evaluation }>;
  /**
   * The same estimate in tensors. A model whose only loss is one in tensors is then trained by it inside the compiled step: all
   * evaluations at once instead of one call of the engine for each.
   */
  readonly traced?: TracedEstimator['estimate'];
}

export type GradientEstimator = TracedEstimator | SampledEstimator;
