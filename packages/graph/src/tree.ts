/** Trees of tensors: nested plain objects and arrays whose leaves have an element type and a shape. */
import type { TensorSpec } from './dtype.js';
import { GradusError } from './errors.js';

/** A nested record or list with leaves of type `L`. */
export type Tree<L> = L | { readonly [key: string]: Tree<L> } | readonly Tree<L>[];

/** The same nesting with other leaves. */
export type MapTree<T, L> = T extends TensorSpec ? L : { [K in keyof T]: MapTree<T[K], L> };

export const isLeaf = (value: unknown): value is TensorSpec =>
  typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value;

/** Leaves in canonical order (that of the keys as inserted) with their paths: `params.hidden.weight`. */
export function flatten<L = TensorSpec>(tree: unknown, path = ''): { path: string; leaf: L }[] {
  if (isLeaf(tree)) return [{ path, leaf: tree as L }];
  if (typeof tree !== 'object' || tree === null) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `A tree of tensors holds something else${path === '' ? '' : ` at '${path}'`}`,
      received: tree === null ? 'null' : typeof tree,
      expected: 'tensors in nested plain objects or arrays',
    });
  }
  return Object.entries(tree).flatMap(([key, value]) => flatten<L>(value, path === '' ? key : `${path}.${key}`));
}

/**
 * The leaves of `tree` at `paths`, in their order: records are the same whatever the order of their keys. What is not there has no
 * leaf; what is there beside comes last.
 */
export function leavesAt<L = TensorSpec>(paths: readonly string[], tree: unknown): { path: string; leaf: L | undefined }[] {
  const found = flatten<L>(tree);
  if (found.length === paths.length && found.every(({ path }, i) => path === paths[i])) return found;
  const byPath = new Map(found.map(({ path, leaf }) => [path, leaf]));
  return [...new Set([...paths, ...byPath.keys()])].map((path) => ({ path, leaf: byPath.get(path) }));
}

export const leaves = <L = TensorSpec>(tree: unknown): L[] => flatten<L>(tree).map(({ leaf }) => leaf);

/** Rebuilds the nesting of `tree` with `values` in canonical order. @throws `INVALID_ARGUMENT` when there are too few. */
export function unflatten<T, L>(tree: T, values: readonly L[]): MapTree<T, L> {
  let next = 0;
  const build = (node: unknown): unknown => {
    if (isLeaf(node)) {
      if (next === values.length) {
        throw new GradusError('INVALID_ARGUMENT', {
          what: 'Too few values for a tree of tensors',
          received: `${values.length}`,
          expected: `${leaves(tree).length}, one per leaf`,
        });
      }
      return values[next++];
    }
    if (Array.isArray(node)) return node.map(build);
    return Object.fromEntries(Object.entries(node as object).map(([key, value]) => [key, build(value)]));
  };
  return build(tree) as MapTree<T, L>;
}

/**
 * Applies `fn` to every leaf of `tree`, with the leaves at the same place of `others`.
 * @throws `TREE_MISMATCH` when another tree is nested differently, naming the first leaf that differs.
 */
export function mapTree<T, L>(fn: (leaf: never, ...others: never[]) => L, tree: T, ...others: unknown[]): MapTree<T, L> {
  const rows = flatten<never>(tree);
  const columns = others.map((other) => {
    const column = flatten<never>(other);
    const odd = rows.findIndex(({ path }, i) => column[i]?.path !== path);
    if (odd >= 0 || column.length > rows.length) {
      const at = odd >= 0 ? odd : rows.length;
      throw new GradusError('TREE_MISMATCH', {
        what: 'Trees of tensors are nested differently',
        received: column[at] === undefined ? 'nothing' : `'${column[at].path}'`,
        expected: rows[at] === undefined ? 'nothing more' : `'${rows[at].path}'`,
      });
    }
    return column;
  });
  return unflatten(
    tree,
    rows.map(({ leaf }, i) => fn(leaf, ...columns.map((column) => column[i].leaf))),
  );
}
