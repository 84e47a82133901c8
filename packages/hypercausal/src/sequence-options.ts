/** What the two forms of the sequence model share: options, names of parameters, and the checks of options and batches. */
import { listNames, nearest, type Direction, type Params } from '@gradus/core';
import { asarray, formatShape, GradusError, type TensorSpec } from '@gradus/graph';
import type { HCNode } from './node.js';
import { lossSettings, type LossOptions } from './sequence-losses.js';
import { invalid, requireFinite, requireInteger, sizeError } from './validation.js';

export interface SequenceModelOptions extends LossOptions {
  /** In order; each takes the state of the one before it. At least one, all of one `outputDim`. */
  readonly nodes: readonly HCNode[];
  /** K, futures per node and step; at least 2. Default 2. */
  readonly branches?: number;
  /** Default `hypercausal`. */
  readonly name?: string;
}

/** The metrics reported beside `loss`. Smaller is better for all of them. */
export const lossDirections: Readonly<Record<string, Direction>> = { task: 'min', cons: 'min', coh: 'min' };

/** Each parameter of each node: its name among the model's, the node's index and its name there. */
export interface ParameterPlace {
  readonly name: string;
  readonly node: number;
  readonly own: string;
}

export function parameterPlaces(nodes: readonly HCNode[]): ParameterPlace[] {
  return nodes.flatMap(({ backend }, node) => Object.keys(backend.getParams()).map((own) => ({ name: `b${node}_${own}`, node, own })));
}

/** The model's parameters as they are in the nodes now, float64, `b0_w b0_b b1_w b1_b …`. */
export const currentParams = (nodes: readonly HCNode[]): Params =>
  Object.fromEntries(parameterPlaces(nodes).map(({ name, node, own }) => [name, asarray(nodes[node].backend.getParams()[own])]));

/** Throws unless the options fit together; gives the number of branches. */
export function checkSequenceOptions(options: SequenceModelOptions): number {
  const { nodes, branches = 2 } = options;
  if (nodes.length === 0) throw invalid('A sequence model needs nodes', 'none', 'at least one');
  const dims = nodes.map(({ backend }) => backend.outputDim);
  if (dims.some((dim) => dim !== dims[0])) {
    throw sizeError('The nodes of a chain must have the same outputDim', dims.join(', '), 'equal numbers');
  }
  if (new Set(nodes.map(({ backend }) => backend)).size < nodes.length) {
    throw invalid('Two nodes of a chain share one backend', 'the same object twice', 'a backend of its own for every node');
  }
  requireInteger('branches', branches, 2);
  for (const [name, value] of Object.entries(lossSettings(options))) requireFinite(name, value);
  return branches;
}

/** A field of a batch. @throws `UNKNOWN_NAME`, `DTYPE_MISMATCH`, `SHAPE_MISMATCH` unless it is a float64 sequence of `dim` channels. */
export function requireSequence<T extends TensorSpec>(batch: Readonly<Record<string, T>>, field: string, dim: number): T {
  if (!Object.hasOwn(batch, field)) throw absent(`field '${field}' in the batch`, field, Object.keys(batch));
  const { dtype, shape } = batch[field];
  if (dtype !== 'float64') {
    throw new GradusError('DTYPE_MISMATCH', {
      what: `Field '${field}' of the batch has another element type`,
      received: dtype,
      expected: 'float64',
      fix: "Make it with asarray(values, { dtype: 'float64' }).",
    });
  }
  if (shape.length !== 2 || shape[1] !== dim || shape[0] === 0) {
    throw sizeError(`Field '${field}' of the batch is no sequence of this model`, formatShape(shape), `[T, ${dim}] with T of 1 or more`);
  }
  return batch[field];
}

/** `x` and `target` of a batch to train on, of equally many steps. */
export function requireTraining<T extends TensorSpec>(batch: Readonly<Record<string, T>>, dim: number): { x: T; target: T } {
  const x = requireSequence(batch, 'x', dim);
  const target = requireSequence(batch, 'target', dim);
  if (target.shape[0] !== x.shape[0]) {
    throw sizeError('x and target have different numbers of steps', `${x.shape[0]} and ${target.shape[0]}`, 'equal numbers');
  }
  return { x, target };
}

export const absent = (what: string, wanted: string, given: readonly string[]): GradusError =>
  new GradusError('UNKNOWN_NAME', {
    what: `There is no ${what}`,
    received: listNames(given),
    expected: `'${wanted}'`,
    fix: given.length === 0 ? undefined : `Is it called '${nearest(wanted, given) ?? given[0]}' here?`,
  });
