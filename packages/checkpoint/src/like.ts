/** Compares what a checkpoint holds with what it should fit: names, element types and shapes, all differences at once. */
import { flatten, GradusError, type NDArray } from '@gradus/graph';
import type { Params, TrainState } from '@gradus/core';

type Parts = Readonly<Record<string, unknown>>;

/** @throws `CHECKPOINT_MISMATCH` with every parameter, slot, buffer and variable that differs. */
export function requireLikeState(path: string, found: TrainState, like: TrainState): void {
  const parts = ({ params, optimizer, buffers }: TrainState): Parts => ({ params, optimizer, buffers });
  const missing = (a: TrainState, b: TrainState): string[] =>
    Object.keys(a.variables)
      .filter((name) => !Object.hasOwn(b.variables, name))
      .map((name) => `'variables.${name}'`);
  refuse(path, [
    ...differences(parts(found), parts(like)),
    ...missing(like, found).map((name) => `${name} is missing`),
    ...missing(found, like).map((name) => `${name} is not expected`),
  ]);
}

/** @throws `CHECKPOINT_MISMATCH` with every parameter that differs. */
export const requireLikeParams = (path: string, found: Params, like: Params): void =>
  refuse(path, differences({ params: found }, { params: like }));

function differences(found: Parts, like: Parts): string[] {
  const byPath = (parts: Parts): Map<string, NDArray> => new Map(flatten<NDArray>(parts).map(({ path, leaf }) => [path, leaf]));
  const foundArrays = byPath(found);
  const likeArrays = byPath(like);
  return [...new Set([...likeArrays.keys(), ...foundArrays.keys()])].flatMap((path) => {
    const is = foundArrays.get(path)?.toString();
    const should = likeArrays.get(path)?.toString();
    if (is === should) return [];
    if (is === undefined) return [`'${path}' is missing (${should})`];
    return [should === undefined ? `'${path}' is not expected (${is})` : `'${path}' is ${is} instead of ${should}`];
  });
}

function refuse(path: string, found: readonly string[]): void {
  if (found.length === 0) return;
  throw new GradusError('CHECKPOINT_MISMATCH', {
    what: `The checkpoint '${path}' does not fit in ${found.length} ${found.length === 1 ? 'place' : 'places'}`,
    received: found.join('; '),
    expected: 'the same names, element types and shapes',
    fix: 'Load it into the model and optimizer that wrote it.',
    data: { path, differences: found },
  });
}
