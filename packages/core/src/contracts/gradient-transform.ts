/** Optimizers and what stands before them: pure functions from gradients to updates, in Optax's shape. */
import type { Tensor } from '@gradus/graph';
import type { Params, TensorParams } from './model.js';

/** A number for each step, counted from 0. */
export type Schedule = (step: number) => number;

/** Numbers that may change during training. They are inputs of the compiled step, never constants in it. */
export type Hyperparameters = Readonly<Record<string, number | Schedule>>;

/** A tree of tensors: nested plain records. `{}` for a transform without state. */
export type TransformState = { readonly [name: string]: Tensor | TransformState };

/** What a transform is told besides gradients, state and parameters. It ignores what it does not need. */
export interface UpdateContext {
  /** Scalars by the names that the transform declared. Cast them to the parameter's element type before use. */
  readonly hyperparameters: Readonly<Record<string, Tensor>>;
  /** The loss at `params`, where the estimator knows it. */
  readonly loss?: Tensor;
  /** Loss and gradients of this step's batch at other parameters, inside the same step. Not there when gradients come from sampling. */
  readonly evaluate?: (params: TensorParams) => { readonly loss: Tensor | null; readonly gradients: TensorParams };
  /** Whether no step of this epoch follows: a bool scalar. */
  readonly lastStepOfEpoch?: Tensor;
  /** The key of this step for draws of the optimizer's own: `uint32[2]`. */
  readonly key?: Tensor;
}

/** Works on symbols and on arrays alike: fused into a compiled step, or interpreted for a black box. */
export interface GradientTransform {
  readonly name: string;
  readonly hyperparameters?: Hyperparameters;
  init(params: Params): TransformState;
  /** @returns updates named and shaped as the gradients, and the next state, nested and shaped as `state`. */
  update(
    gradients: TensorParams,
    state: TransformState,
    params: TensorParams,
    context: UpdateContext,
  ): readonly [updates: TensorParams, state: TransformState];
  /** The parameters to evaluate with and to export, where they are others than those that are trained. */
  evaluationParams?(params: TensorParams, state: TransformState): TensorParams;
}

/** A transform whose updates are added to the parameters as they are. */
export type Optimizer = GradientTransform;
