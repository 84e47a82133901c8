/** What training changes. Snapshots are immutable: a step makes a new one, so any of them can be kept or gone back to. */
import { mapTree, type NDArray, type TensorSpec } from '@gradus/graph';
import type { GradientTransform, TransformState } from '../contracts/gradient-transform.js';
import type { Model, Params } from '../contracts/model.js';
import { checkBuffers, checkParams } from '../params.js';

export interface TrainState {
  readonly params: Params;
  readonly optimizer: TransformState;
  /** What the model changes without gradients; `{}` for most. */
  readonly buffers: Params;
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs finished. */
  readonly epoch: number;
}

/** The state before the first step. @throws `INVALID_PARAMETER`, `INVALID_MODEL` for what the model cannot start with. */
export function initialState(model: Model, optimizer: GradientTransform, key: NDArray): TrainState {
  const params = model.init(key);
  checkParams(params, `model '${model.name}'`);
  const buffers = model.buffers?.() ?? {};
  checkBuffers(buffers, model);
  return { params, optimizer: optimizer.init(params), buffers, step: 0, epoch: 0 };
}

/** Names, types, shapes and order of a state, without its numbers: what a compiled step is made for. */
export interface StateForm {
  readonly params: Readonly<Record<string, TensorSpec>>;
  readonly optimizer: SpecTree;
  readonly buffers: Readonly<Record<string, TensorSpec>>;
}

export type SpecTree = { readonly [name: string]: TensorSpec | SpecTree };

/** Keeping the form in place of the state lets the arrays of the beginning go. */
export function formOf({ params, optimizer, buffers }: TrainState): StateForm {
  const form = <T>(tree: T) => mapTree(({ dtype, shape }: TensorSpec): TensorSpec => ({ dtype, shape }), tree);
  return { params: form(params), optimizer: form(optimizer) as unknown as SpecTree, buffers: form(buffers) };
}
