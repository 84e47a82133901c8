/** Data that candidates are scored on. */
import type { Batch, DataSource } from '@gradus/core';

/** The batch of `source` for a step: epoch after epoch, as a function of the step alone. */
export async function batchAt(source: DataSource, step: number): Promise<Batch> {
  const epoch = Math.floor(step / source.length);
  for await (const batch of source.batches(epoch, step % source.length)) return batch;
  throw new Error('unreachable');
}
