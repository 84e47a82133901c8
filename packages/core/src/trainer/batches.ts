/** Batches: their signatures, their sizes, and K of them stacked for one execution. */
import { dtypes, formatSpec, GradusError, NDArray, sizeOf, type TensorSpec, type TypedArray } from '@gradus/graph';
import type { DataSource } from '../contracts/data-source.js';
import type { Batch } from '../contracts/model.js';

/** Batches of one signature fit one executable. */
export const signatureOf = (batch: Readonly<Record<string, TensorSpec>>): string =>
  Object.entries(batch)
    .map(([name, spec]) => `${name}:${formatSpec(spec)}`)
    .join(' ');

/** Samples in a batch: the leading axis of its fields. */
export const samplesOf = (batch: Batch): number => Object.values(batch)[0]?.shape[0] ?? 0;

/** Specs of a batch of `size` samples of a source. */
export const batchSpecs = (source: DataSource, size: number): Record<string, TensorSpec> =>
  Object.fromEntries(Object.entries(source.fields).map(([name, { dtype, shape }]) => [name, { dtype, shape: [size, ...shape] }]));

/** Bytes of a whole batch. */
export const bytesPerBatch = (source: DataSource): number =>
  source.batchSize * Object.values(source.fields).reduce((total, { dtype, shape }) => total + dtypes[dtype].bytes * sizeOf(shape), 0);

/** Puts arrays of one spec under a new leading axis. Arrays that lie behind each other in memory are shared, not copied. */
export function stackArrays(arrays: readonly NDArray[]): NDArray {
  const [first] = arrays;
  const shape = [arrays.length, ...first.shape];
  const { buffer, byteOffset, byteLength } = first.data;
  if (arrays.every(({ data }, k) => data.buffer === buffer && data.byteOffset === byteOffset + k * byteLength)) {
    const storage = first.data.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => TypedArray;
    return new NDArray(first.dtype, shape, new storage(buffer, byteOffset, arrays.length * first.size));
  }
  const data = dtypes[first.dtype].allocate(arrays.length * first.size);
  arrays.forEach((array, k) => data.set(array.data as never, k * first.size));
  return new NDArray(first.dtype, shape, data);
}

/** Throws `EMPTY_DATA` or `INVALID_BATCH_SIZE` unless the source can give at least one batch. */
export function checkSource(source: DataSource, role: string): void {
  if (source === null || typeof source !== 'object' || typeof source.batches !== 'function') {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `The ${role} is no data source`,
      received: source === null ? 'null' : typeof source,
      expected: 'an object with fields, size, batchSize, length and batches()',
      fix: 'Wrap arrays with inMemory({ x, y }) of @gradus/data.',
    });
  }
  if (source.size < 1 || source.length < 1) {
    throw new GradusError('EMPTY_DATA', {
      what: `The ${role} is empty`,
      received: `${source.size} samples in ${source.length} batches`,
      expected: 'at least one sample',
    });
  }
  if (!Number.isInteger(source.batchSize) || source.batchSize < 1 || source.batchSize > source.size) {
    throw new GradusError('INVALID_BATCH_SIZE', {
      what: `The batch size of the ${role} does not fit`,
      received: `${source.batchSize} for ${source.size} samples`,
      expected: `a whole number from 1 to ${source.size}`,
    });
  }
}

/** Throws `INVALID_BATCH` unless `batch` has the fields of its source and samples. */
export function checkBatch(batch: Batch, source: DataSource, number: number): void {
  const samples = samplesOf(batch);
  for (const [name, spec] of Object.entries(source.fields)) {
    const array = batch[name];
    const expected = { dtype: spec.dtype, shape: [samples, ...spec.shape] };
    if (array === undefined || samples === 0 || formatSpec(array) !== formatSpec(expected)) {
      throw new GradusError('INVALID_BATCH', {
        what: `Batch ${number} does not fit its source in field '${name}'`,
        received: array === undefined ? 'nothing' : formatSpec(array),
        expected: samples === 0 ? 'at least one sample' : formatSpec(expected),
      });
    }
  }
}
