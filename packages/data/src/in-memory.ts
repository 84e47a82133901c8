/** Data held in memory, as a source of batches. */
import { createHash } from 'node:crypto';
import { checkOptions, rules, type Batch, type DataSource } from '@gradus/core';
import { formatSpec, GradusError, type NDArray } from '@gradus/graph';
import { toArrays, type Fields } from './fields.js';
import { shuffled } from './order.js';
import { takeRows, viewRows } from './rows.js';

export interface InMemoryOptions {
  /** Samples per batch, from 1 to the number of samples. Default: 32, or all samples when there are fewer. */
  readonly batchSize?: number;
  /** A new order in every epoch. Default: `true`. Switch it off for validation data and for sequences. */
  readonly shuffle?: boolean;
  /** Decides the orders. Default: 0. */
  readonly seed?: number;
  /** Leaves out the last batch of an epoch when it is smaller. Default: `false`. */
  readonly dropLast?: boolean;
}

/** A source whose batches are there at once. */
export interface InMemorySource extends DataSource {
  /** @throws `INVALID_ARGUMENT`, when iterated, for an epoch or a start that is no whole number in range. */
  batches(epoch: number, start?: number): Iterable<Batch>;
}

/**
 * Shuffled rows are gathered for several batches at once, which then lie behind each other in memory: the trainer can hand them to the
 * engine without copying them again.
 */
const BLOCK_BYTES = 8 * 2 ** 20;

/**
 * Named arrays as a source of batches. The order of epoch e is a function of seed and e alone, so training can start anywhere.
 *
 * @param fields Arrays or nested numbers with one row per sample.
 * @throws `EMPTY_DATA`, `DATA_SIZE_MISMATCH`, `INVALID_BATCH_SIZE`, `INVALID_SEED`.
 * @example
 * const data = inMemory({ x: [[0, 1], [1, 0], [1, 1]], y: [0, 0, 1] }, { batchSize: 2 });
 */
export function inMemory(fields: Fields, options: InMemoryOptions = {}): InMemorySource {
  checkOptions('inMemory', options, { batchSize: rules.any, shuffle: rules.flag, seed: rules.any, dropLast: rules.flag });
  const { arrays, rows } = toArrays(fields);
  const { batchSize = Math.min(32, rows), shuffle = true, seed = 0, dropLast = false } = options;
  checkBatchSize(batchSize, rows);
  if (shuffle) shuffled(1, seed, 0); // A seed that is none is refused here, not in the first epoch.
  const length = dropLast ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
  const size = dropLast ? length * batchSize : rows;
  const blockRows = batchSize * Math.max(1, Math.floor(BLOCK_BYTES / bytesOf(arrays, rows, batchSize)));
  return {
    fields: Object.fromEntries(Object.entries(arrays).map(([name, { dtype, shape }]) => [name, { dtype, shape: shape.slice(1) }])),
    size,
    batchSize,
    length,
    fingerprint() {
      const hash = createHash('sha256').update(JSON.stringify({ batchSize, shuffle: shuffle && { seed }, dropLast }));
      for (const [name, array] of Object.entries(arrays)) {
        const { buffer, byteOffset, byteLength } = array.data;
        hash.update(`${name} ${formatSpec(array)}\n`).update(new Uint8Array(buffer, byteOffset, byteLength));
      }
      return hash.digest('hex');
    },
    *batches(epoch, start = 0) {
      checkPosition('epoch', epoch, Number.MAX_SAFE_INTEGER);
      checkPosition('start', start, length);
      const each = (fn: (array: NDArray) => NDArray, of = arrays): Batch =>
        Object.fromEntries(Object.entries(of).map(([name, array]) => [name, fn(array)]));
      const order = shuffle ? shuffled(rows, seed, epoch) : null;
      for (let first = start * batchSize; first < size; first += blockRows) {
        const last = Math.min(first + blockRows, size);
        const block = each((array) => (order === null ? viewRows(array, first, last) : takeRows(array, order, first, last)));
        for (let from = 0; from < last - first; from += batchSize) {
          yield each((array) => viewRows(array, from, Math.min(from + batchSize, last - first)), block);
        }
      }
    },
  };
}

const bytesOf = (arrays: Readonly<Record<string, NDArray>>, rows: number, batchSize: number): number =>
  Object.values(arrays).reduce((total, { data }) => total + (data.byteLength / rows) * batchSize, 0);

function checkPosition(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `There is no such place in the data: ${name}`,
    received: String(value),
    expected: `a whole number from 0 to ${most}`,
  });
}

function checkBatchSize(batchSize: number, rows: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= rows) return;
  throw new GradusError('INVALID_BATCH_SIZE', {
    what: batchSize > rows ? 'The batch is larger than the data' : 'The batch size is not usable',
    received: `batchSize ${batchSize} for ${rows} samples`,
    expected: `a whole number from 1 to ${rows}`,
    fix: batchSize > rows ? `Use batchSize: ${rows}, or give more data.` : undefined,
  });
}
