import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scalar, type NDArray } from './ndarray.js';
import { flatten, isLeaf, leaves, mapTree, unflatten } from './tree.js';

const tree = { b: [scalar(1), { c: scalar(2) }], a: scalar(3) };

describe('trees', () => {
  it('flatten in the order of their keys, with paths', () => {
    expect(flatten<NDArray>(tree).map(({ path, leaf }) => [path, leaf.item()])).toEqual([['b.0', 1], ['b.1.c', 2], ['a', 3]]);
    expect(flatten<NDArray>(scalar(4)).map(({ path, leaf }) => [path, leaf.item()])).toEqual([['', 4]]);
    expect(flatten([{}, []])).toEqual([]);
    expect([isLeaf(scalar(1)), isLeaf({}), isLeaf(null), isLeaf(3)]).toEqual([true, false, false, false]);
  });

  it('come back from their leaves', () => {
    const { arbitrary } = fc.letrec((tie) => ({
      arbitrary: fc.oneof(
        { maxDepth: 4 },
        fc.integer().map((n) => scalar(n, 'float64')),
        fc.array(tie('arbitrary'), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 3 }), tie('arbitrary'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(unflatten(value, leaves(value))).toEqual(value);
        expect(mapTree((leaf: NDArray) => leaf, value as object)).toEqual(value);
      }),
    );
  });

  it('map with others of the same nesting', () => {
    const sums = mapTree((a: NDArray, b: NDArray) => a.item() + b.item(), tree, tree);
    expect(sums).toEqual({ b: [2, { c: 4 }], a: 6 });
  });

  it('say where they differ', () => {
    expect(() => mapTree((a: NDArray) => a, tree, { b: tree.b }))
      .toThrow(/nested differently.*Received: nothing.*Expected: 'a'.*TREE_MISMATCH/);
    expect(() => mapTree((a: NDArray) => a, { b: tree.b }, tree)).toThrow(/Received: 'a'.*nothing more/);
    expect(() => mapTree((a: NDArray) => a, { x: scalar(1) }, { y: scalar(1) })).toThrow(/Received: 'y'.*Expected: 'x'/);
    expect(() => unflatten(tree, [1, 2])).toThrow(/Too few values.*Received: 2.*Expected: 3.*INVALID_ARGUMENT/);
    expect(() => flatten({ a: { b: 3 } })).toThrow(/something else at 'a.b'.*number.*INVALID_ARGUMENT/);
    expect(() => flatten({ a: null })).toThrow(/at 'a'.*null/);
    expect(() => flatten(undefined)).toThrow(/undefined/);
  });
});
