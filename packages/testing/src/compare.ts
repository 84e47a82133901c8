/** Comparing arrays: bit for bit, and within a tolerance. */
import assert from 'node:assert/strict';
import { flatten, isFloat, sameShape, type NDArray, type TensorSpec } from '@gradus/graph';

const bytes = ({ data }: NDArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const spec = (array: TensorSpec): string => `${array.dtype}[${array.shape.join(', ')}]`;

export function assertSameSpec(actual: TensorSpec | undefined, expected: TensorSpec, what: string): void {
  assert.ok(actual !== undefined, `${what}: nothing came back. Expected ${spec(expected)}.`);
  assert.ok(
    actual.dtype === expected.dtype && sameShape(actual.shape, expected.shape),
    `${what}: received ${spec(actual)}, expected ${spec(expected)}.`,
  );
}

/** Fails unless both are the same bits: NaN equals NaN, and 0 differs from -0. */
export function assertSameBits(actual: NDArray | undefined, expected: NDArray, what: string): void {
  assertSameSpec(actual, expected, what);
  const [a, b] = [bytes(actual!), bytes(expected)];
  const at = a.findIndex((byte, i) => byte !== b[i]);
  if (at === -1) return;
  const i = Math.floor(at / expected.data.BYTES_PER_ELEMENT);
  assert.fail(`${what}: element ${i} is ${actual!.data[i]}, expected the bits of ${expected.data[i]}.`);
}

/** Fails unless |difference| <= tolerance * max(1, |expected|) everywhere; integers, booleans, NaN and infinities must be equal. */
export function assertClose(actual: NDArray | undefined, expected: NDArray, tolerance: number, what: string): void {
  assertSameSpec(actual, expected, what);
  expected.data.forEach((raw: number | bigint, i: number) => {
    const [a, e] = [Number(actual!.data[i]), Number(raw)];
    if (Object.is(a, e) || a === e) return;
    const error = Math.abs(a - e) / Math.max(1, Math.abs(e));
    assert.ok(
      isFloat(expected.dtype) && error <= tolerance && Number.isFinite(e),
      `${what}: element ${i} is ${a}, expected ${e} within ${isFloat(expected.dtype) ? tolerance : 0}.`,
    );
  });
}

/** A watch over arrays: call the result to fail if any of them was changed meanwhile. */
export function watch(tree: unknown, what: string): () => void {
  const arrays = flatten<NDArray>(tree).map(({ path, leaf }) => ({ path, leaf, before: bytes(leaf).slice() }));
  return () => {
    for (const { path, leaf, before } of arrays) {
      assert.ok(
        Buffer.compare(bytes(leaf), before) === 0,
        `${what} was changed${path === '' ? '' : ` at '${path}'`}: inputs must stay as they are.`,
      );
    }
  };
}

/** Fails unless the trees nest alike and every leaf has the same bits. */
export function assertSameTree(actual: unknown, expected: unknown, what: string): void {
  const [a, e] = [flatten<NDArray>(actual), flatten<NDArray>(expected)];
  assert.deepEqual(
    a.map(({ path }) => path),
    e.map(({ path }) => path),
    `${what}: the names differ.`,
  );
  e.forEach(({ path, leaf }, i) => assertSameBits(a[i].leaf, leaf, `${what}, '${path}'`));
}
