/** The request that carries nearly everything: metrics, params and tags of a run, within the server's limits. */
import type { CallOptions, Transport } from '../http/transport.js';
import { MAX_ENTRIES, MAX_METRICS, MAX_PARAMS, MAX_REQUEST_BYTES, MAX_TAGS } from '../input/limits.js';
import type { Entry, Metric, MetricInput, Sanitizer, Values } from '../input/sanitizer.js';
import { wireMetric, type Json } from './wire.js';

/** What to log; every part may be missing, or longer than one request takes. */
export interface Batch {
  readonly metrics?: readonly MetricInput[];
  readonly params?: Values;
  readonly tags?: Values;
}

/** What one request carries: at most 1000 metrics, 100 params, 100 tags, 1000 together, 900 kB. */
interface Chunk {
  readonly metrics?: readonly Metric[];
  readonly params?: readonly Entry[];
  readonly tags?: readonly Entry[];
}

/** Sends a batch. Params go first and apart: one that has another value on the server makes it refuse its whole request. */
export async function logBatch(
  transport: Transport,
  sanitizer: Sanitizer,
  runId: string,
  { metrics = [], params = {}, tags = {} }: Batch,
  { assumeDatabase = false, ...options }: CallOptions & { readonly assumeDatabase?: boolean },
): Promise<void> {
  const chunks: Chunk[] = [
    ...split(sanitizer.params(params), MAX_PARAMS, entrySize).map((part) => ({ params: part })),
    ...split(sanitizer.tags(tags), MAX_TAGS, entrySize).map((part) => ({ tags: part })),
    ...split(sanitizer.metrics(metrics), MAX_METRICS, metricSize).map((part) => ({ metrics: part })),
  ];
  for (const chunk of merged(chunks)) {
    await sendChunk(transport, runId, chunk, { ...options, idempotent: assumeDatabase || chunk.metrics === undefined });
  }
}

/** One request, as it is. */
async function sendChunk(
  transport: Transport,
  runId: string,
  { metrics, params, tags }: Chunk,
  options: CallOptions & { readonly idempotent: boolean },
): Promise<void> {
  // The id first: a server that stumbles over a later field still knows the run.
  const json: Json = { run_id: runId, params, tags, metrics: metrics?.map(wireMetric) };
  await transport.json({ ...options, method: 'POST', path: '/api/2.0/mlflow/runs/log-batch', json });
}

/** The last part of the tags and the first of the metrics often fit into one request. */
function merged(chunks: readonly Chunk[]): Chunk[] {
  const result: Chunk[] = [];
  for (const chunk of chunks) {
    const last = result.at(-1);
    const fits = last?.tags !== undefined && chunk.metrics !== undefined && last.tags.length + chunk.metrics.length <= MAX_ENTRIES;
    const small = fits && total(last.tags, entrySize) + total(chunk.metrics, metricSize) <= MAX_REQUEST_BYTES;
    if (small) result[result.length - 1] = { tags: last.tags, metrics: chunk.metrics };
    else result.push(chunk);
  }
  return result;
}

/** Parts of at most `count` items whose sizes add up to what one request may have. */
export function split<T>(items: readonly T[], count: number, size: (item: T) => number): T[][] {
  const parts: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    const more = size(item);
    const last = parts.at(-1);
    if (last === undefined || last.length >= count || bytes + more > MAX_REQUEST_BYTES) {
      parts.push([item]);
      bytes = more;
    } else {
      last.push(item);
      bytes += more;
    }
  }
  return parts;
}

const total = <T>(items: readonly T[], size: (item: T) => number): number => items.reduce((sum, item) => sum + size(item), 0);

/** Bytes in the request. */
export const entrySize = ({ key, value }: Entry): number => new TextEncoder().encode(JSON.stringify(value)).length + 3 * key.length + 32;

/** Bytes in the request, at most: three for a character. */
export const metricSize = ({ key, modelId = '', datasetName = '', datasetDigest = '' }: Metric): number =>
  3 * (key.length + modelId.length + datasetName.length + datasetDigest.length) + 160;
