/** Where batches come from. */
import type { TensorSpec } from '@gradus/graph';
import type { Batch } from './model.js';

/** A stateless source: the batches of an epoch depend on the epoch's number alone, so that a run can start anywhere. */
export interface DataSource {
  /** Element type and shape of one sample of each field, without the batch axis. */
  readonly fields: Readonly<Record<string, TensorSpec>>;
  /** Samples per epoch. */
  readonly size: number;
  /** Samples per batch; the last batch of an epoch may be smaller. */
  readonly batchSize: number;
  /** Batches per epoch. */
  readonly length: number;
  /** The batches of an epoch (counted from 0), beginning with number `start` (default 0). */
  batches(epoch: number, start?: number): Iterable<Batch> | AsyncIterable<Batch>;
  /**
   * A digest of the samples and of what decides their order, by which a run that goes on knows its data again. Default: a digest of the
   * first batch of epoch 0.
   */
  fingerprint?(): string | Promise<string>;
}
