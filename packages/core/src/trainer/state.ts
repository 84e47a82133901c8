/** The part of a `TrainState` that the loop moves, and what a compiled step is made for. */
import { mapTree, type NDArray, type TensorSpec } from '@gradus/graph';
import type { Model } from '../contracts/model.js';
import type { MeterState, StepState, TrainState } from '../contracts/train-state.js';
import { checkBuffers, checkParams, checkVariables } from '../params.js';
import type { Learner } from './learner.js';

/** Where training stands. A step makes a new one, so any of them can be kept or gone back to. */
export type Progress = Pick<TrainState, keyof StepState | 'epoch' | 'batch' | 'meter'>;

/** The sums at the beginning of an epoch. */
export const NOTHING_REPORTED: MeterState = { means: [], sums: {} };

/** Before the first step. @throws `INVALID_PARAMETER`, `INVALID_MODEL` for what the model cannot start with. */
export function initialProgress(model: Model, learner: Learner, key: NDArray): Progress {
  const params = model.init(key);
  if (learner.kind === 'gradient' || Object.keys(params ?? {}).length > 0) checkParams(params, `model '${model.name}'`);
  const buffers = model.buffers?.() ?? {};
  checkBuffers(buffers, model);
  const given = model.variables?.() ?? {};
  const variables = learner.kind === 'proposer' ? (learner.optimizer.init?.(given) ?? given) : given;
  checkVariables(variables, model);
  const optimizer = learner.kind === 'gradient' ? learner.optimizer.init(params) : {};
  return { params, optimizer, buffers, variables, step: 0, epoch: 0, batch: 0, meter: NOTHING_REPORTED };
}

/** Names, types, shapes and order of a state, without its numbers: what a compiled step is made for. */
export interface StateForm {
  readonly params: Readonly<Record<string, TensorSpec>>;
  readonly optimizer: SpecTree;
  readonly buffers: Readonly<Record<string, TensorSpec>>;
}

export type SpecTree = { readonly [name: string]: TensorSpec | SpecTree };

/** Keeping the form in place of the state lets the arrays of the beginning go. */
export function formOf({ params, optimizer, buffers }: Pick<StepState, 'params' | 'optimizer' | 'buffers'>): StateForm {
  const form = <T>(tree: T) => mapTree(({ dtype, shape }: TensorSpec): TensorSpec => ({ dtype, shape }), tree);
  return { params: form(params), optimizer: form(optimizer) as unknown as SpecTree, buffers: form(buffers) };
}
