/** Puts the records of a run together into requests: few and large, in order. */
import { entrySize, metricSize } from '../api/log-batch.js';
import { MAX_ENTRIES, MAX_METRICS, MAX_PARAMS, MAX_REQUEST_BYTES, MAX_TAGS } from '../input/limits.js';
import type { Entry, Metric } from '../input/sanitizer.js';
import type { Position } from './layout.js';
import type { SpoolReader } from './reader.js';
import type { SpoolRecord } from './records.js';

/** Records that need no order among themselves, as many as one request takes. */
interface BatchStep {
  readonly type: 'batch';
  readonly params: readonly Entry[];
  /** The last value of each. */
  readonly tags: readonly Entry[];
  readonly metrics: readonly Metric[];
  readonly segment: number;
  /** The place after it. */
  readonly end: Position;
}

/** A record that is a request of its own. */
interface SingleStep {
  readonly type: 'single';
  readonly record: Exclude<SpoolRecord, { readonly type: 'metrics' | 'params' | 'tags' }>;
  readonly segment: number;
  readonly end: Position;
}

export type Step = BatchStep | SingleStep;

/** The next step, or `undefined` where no more is written. */
export async function nextStep(reader: SpoolReader): Promise<Step | undefined> {
  const params: Entry[] = [];
  const tags = new Map<string, string>();
  const metrics: Metric[] = [];
  let bytes = 0;
  let segment = 0;
  for (let item = await reader.peek(); item !== undefined; item = await reader.peek()) {
    const { record } = item;
    if (record.type !== 'metrics' && record.type !== 'params' && record.type !== 'tags') {
      if (segment !== 0) break;
      reader.skip();
      return { type: 'single', record, segment: item.segment, end: reader.position };
    }
    const size = sizeOf(record);
    // What one process wrote is kept apart from what another did: each has an order of its own.
    const full =
      segment !== item.segment ||
      bytes + size > MAX_REQUEST_BYTES ||
      (record.type === 'params' && params.length + record.params.length > MAX_PARAMS) ||
      (record.type === 'tags' && tags.size + record.tags.length > MAX_TAGS) ||
      (record.type === 'metrics' && metrics.length + record.metrics.length > MAX_METRICS) ||
      (record.type !== 'params' && metrics.length + tags.size + lengthOf(record) > MAX_ENTRIES);
    if (full && segment !== 0) break;
    reader.skip();
    bytes += size;
    segment = item.segment;
    if (record.type === 'params') params.push(...record.params);
    else if (record.type === 'metrics') metrics.push(...record.metrics);
    else for (const { key, value } of record.tags) tags.set(key, value);
  }
  if (segment === 0) return undefined;
  return { type: 'batch', params, tags: [...tags].map(([key, value]) => ({ key, value })), metrics, segment, end: reader.position };
}

type Listed = Extract<SpoolRecord, { readonly type: 'metrics' | 'params' | 'tags' }>;

const lengthOf = (record: Listed): number =>
  record.type === 'metrics' ? record.metrics.length : record.type === 'params' ? record.params.length : record.tags.length;

const sizeOf = (record: Listed): number =>
  record.type === 'metrics'
    ? record.metrics.reduce((sum, metric) => sum + metricSize(metric), 0)
    : (record.type === 'params' ? record.params : record.tags).reduce((sum, entry) => sum + entrySize(entry), 0);
