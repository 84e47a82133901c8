/** JSON samples as a source of batches. */
import { GradusError } from '@gradus/graph';
import type { Batch, Json } from '@gradus/core';
import { inMemory, trainValidationSplit, type InMemoryOptions, type InMemorySource, type SplitOptions } from '@gradus/data';
import { checkJson, digest, frozenCopy } from './json.js';

/** What a program is given, and what it should answer. */
export interface Sample {
  readonly input: Json;
  /** Default: `null`, for rewards that need none. */
  readonly target?: Json;
}

/** Where a batch carries its samples: text fits into no array. The same symbol for every copy of this package. */
export const SAMPLES: unique symbol = Symbol.for('@gradus/programs:samples') as never;

/** A batch with the samples that its field `index` (int32 [batch]) numbers. */
export type SampleBatch = Batch & { readonly [SAMPLES]: readonly Sample[] };

export interface JsonSource extends InMemorySource {
  batches(epoch: number, start?: number): Iterable<SampleBatch>;
  /** SHA-256 of the samples and of what decides their order. */
  fingerprint(): string;
}

/**
 * JSON samples as a source of batches, shuffled anew in every epoch, with the options of `inMemory` of `@gradus/data`. Samples are copied,
 * and what batches carry cannot be changed: a program that alters its input does not alter the data.
 *
 * @throws `NOT_JSON` for a sample that JSON cannot hold, `INVALID_ARGUMENT` for one without an input or with other fields; and what
 * `inMemory` throws: `EMPTY_DATA`, `INVALID_BATCH_SIZE`, `INVALID_SEED`.
 * @example
 * const data = jsonData([{ input: { text: 'two plus two' }, target: { answer: 4 } }]);
 */
export function jsonData(samples: readonly Sample[], options: InMemoryOptions = {}): JsonSource {
  samples.forEach(checkSample);
  const own = frozenCopy(samples as unknown as Json) as unknown as readonly Sample[];
  const source = inMemory({ index: indices(own) }, options);
  const { batchSize, size } = source;
  const { shuffle = true, seed = 0, dropLast = false } = options;
  let fingerprint: string | null = null;
  return {
    ...source,
    *batches(epoch, start) {
      for (const batch of source.batches(epoch, start)) yield Object.freeze({ ...batch, [SAMPLES]: numbered(own, batch.index.data) });
    },
    fingerprint: () =>
      (fingerprint ??= digest({
        samples: own.map(({ input, target = null }) => ({ input, target })),
        order: { batchSize, size, shuffle, seed: shuffle ? seed : null, dropLast },
      })),
  };
}

/**
 * The samples of a batch.
 * @throws `INVALID_BATCH` for a batch of another source.
 */
export function samplesOf(batch: Batch): readonly Sample[] {
  const samples = (batch as Partial<SampleBatch>)[SAMPLES];
  if (samples !== undefined) return samples;
  throw new GradusError('INVALID_BATCH', {
    what: 'A program was given a batch without JSON samples',
    received: `a batch with ${Object.keys(batch).join(', ') || 'nothing'}`,
    expected: 'a batch of jsonData()',
    fix: 'Give fit and evaluate data made by jsonData(samples).',
  });
}

/**
 * Every sample goes to exactly one side: drawn at random, or with `shuffle: false` the last ones to validation.
 * @throws `INVALID_SPLIT` when a side would be empty.
 * @example
 * const { train, validation } = splitSamples(samples, { validation: 0.1, shuffle: false });
 */
export function splitSamples<S extends Sample>(samples: readonly S[], options: SplitOptions = {}): { train: S[]; validation: S[] } {
  const { train, validation } = trainValidationSplit({ index: indices(samples) }, options);
  return { train: numbered(samples, train.index.data), validation: numbered(samples, validation.index.data) };
}

const indices = (samples: readonly Sample[]): Int32Array => Int32Array.from(samples, (_, i) => i);

const numbered = <S>(samples: readonly S[], index: ArrayLike<number | bigint>): S[] => Array.from(index, (i) => samples[Number(i)]);

function checkSample(sample: Sample, number: number): void {
  checkJson(`Sample ${number}`, sample);
  const names = Object.keys(sample ?? {});
  if (names.includes('input') && names.every((name) => name === 'input' || name === 'target')) return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `Sample ${number} is no sample`,
    received: names.length === 0 ? JSON.stringify(sample) : `an object with ${names.join(', ')}`,
    expected: 'an object with input, and target where there is one',
  });
}
