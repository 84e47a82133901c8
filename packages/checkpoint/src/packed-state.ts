/** A `TrainState` as it lies on the disk: parameters, all other arrays, and JSON that refers to them. Arrays that are one stay one. */
import type { Json, Params, TrainState } from '@gradus/core';
import { GradusError, type NDArray } from '@gradus/graph';
import { isRecord, Malformed } from './malformed.js';
import { decodeRecord, encodeTree } from './json-tree.js';
import { stateProblem } from './state-form.js';

export interface PackedState {
  readonly params: Params;
  /** By the path where each is met first: `optimizer.m.weight`. */
  readonly arrays: Readonly<Record<string, NDArray>>;
  /** The state without its parameters. `{ $array: name }` and `{ $param: name }` stand for arrays. */
  readonly json: Json;
}

/** @throws `INVALID_ARGUMENT` for what is no state, `NOT_JSON` for one that cannot be stored, naming the place. */
export function packState(state: TrainState): PackedState {
  if (!isRecord(state) || !isRecord(state.params)) throw noState("it has no 'params'");
  const { params, ...rest } = state;
  const references = new Map<NDArray, Json>(Object.entries(params).map(([name, array]) => [array, { $param: name }]));
  const arrays = new Map<string, NDArray>();
  const json = encodeTree(rest, '', (array, path) => {
    const known = references.get(array);
    if (known !== undefined) return known;
    const name = freeName(path, arrays);
    arrays.set(name, array);
    const reference = { $array: name };
    references.set(array, reference);
    return reference;
  });
  // After the walk, which refuses cycles.
  const problem = stateProblem(state);
  if (problem !== null) throw noState(problem);
  return { params, arrays: Object.fromEntries(arrays), json };
}

const noState = (problem: string): GradusError =>
  new GradusError('INVALID_ARGUMENT', { what: 'This is no training state', received: problem, expected: 'a TrainState of @gradus/core' });

/** Two places may have one path, since keys may hold dots; and a path may hold what safetensors does not take. */
function freeName(path: string, taken: ReadonlyMap<string, unknown>): string {
  const name = path.replace(/\p{Surrogate}/gu, '\ufffd');
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}#${n}`;
  return free;
}

/** @throws Malformed for what `packState` never makes. */
export function unpackState({
  params,
  arrays,
  json,
}: { readonly [K in keyof PackedState]: K extends 'json' ? unknown : Params }): TrainState {
  const unused = new Set(Object.keys(arrays));
  const rest = decodeRecord(json, (kind, name) => {
    const source = kind === '$array' ? arrays : kind === '$param' ? params : null;
    if (source === null) throw new Malformed(`the key '${kind}'`);
    if (!Object.hasOwn(source, name)) throw new Malformed(`it refers to '${name}', which is not there`);
    if (kind === '$array') unused.delete(name);
    return source[name];
  });
  if (unused.size > 0) throw new Malformed(`nothing refers to the array '${[...unused][0]}'`);
  const state = { ...rest, params };
  const problem = stateProblem(state);
  if (problem !== null) throw new Malformed(problem);
  return state as unknown as TrainState;
}
