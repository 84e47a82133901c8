/**
 * What a spool keeps, one line for each write: `<crc32 of the JSON, 8 hexadecimal digits> <JSON>`. A line that was half written when the
 * machine stopped fails its checksum and counts as never written.
 */
import { crc32 } from 'node:zlib';
import type { DatasetInputGiven } from '../api/datasets.js';
import type { RunStatus } from '../api/entities.js';
import type { NewTrace } from '../api/traces.js';
import { fromWireNumber, toWireNumber, type Entry, type Metric } from '../input/sanitizer.js';
import type { Writer } from './writer.js';

export const FORMAT = 'mlflow-spool/1';

/** The first line of a run. */
export interface RunHeader {
  readonly type: 'run';
  readonly format: typeof FORMAT;
  /** Names the run in the spool, and on the server as the tag `mlflow-js-client.key`. */
  readonly key: string;
  readonly experimentName?: string;
  readonly experimentId?: string;
  /** A run that the server has already: it is continued. */
  readonly runId?: string;
  readonly runName?: string;
  /** Unix milliseconds. */
  readonly startTime: number;
  readonly tags: readonly Entry[];
  readonly userId?: string;
  /** The run of the spool that this one is nested in, by its key. */
  readonly parent?: string;
  /** The process that writes it; spools of earlier releases do not say. */
  readonly writer?: Writer;
}

/** A folder of files that is a model. */
export interface ModelRecord {
  readonly type: 'model';
  /** Finds on the server what an earlier attempt made. */
  readonly key: string;
  readonly name: string;
  readonly modelType?: string;
  readonly step: number;
  readonly params: readonly Entry[];
  readonly tags: readonly Entry[];
  /** Files: where in the model, and where in the spool. */
  readonly files: readonly { readonly path: string; readonly file: string }[];
  /** The content of its `MLmodel` as JSON, for servers before MLflow 3. */
  readonly description?: Readonly<Record<string, unknown>>;
  /** The name to register it under, and the alias that version gets. */
  readonly registeredName?: string;
  readonly alias?: string;
}

export type SpoolRecord =
  | RunHeader
  /** Another process goes on with the run. */
  | { readonly type: 'resume'; readonly time: number; readonly writer?: Writer }
  | { readonly type: 'metrics'; readonly metrics: readonly Metric[] }
  | { readonly type: 'params'; readonly params: readonly Entry[] }
  | { readonly type: 'tags'; readonly tags: readonly Entry[] }
  | { readonly type: 'deleteTag'; readonly key: string }
  | { readonly type: 'inputs'; readonly datasets: readonly DatasetInputGiven[]; readonly modelIds: readonly string[] }
  | { readonly type: 'outputs'; readonly models: readonly { readonly modelId: string; readonly step: number }[] }
  /** `file` is in the folder of the run, or an absolute path. */
  | { readonly type: 'artifact'; readonly path: string; readonly file: string }
  | ModelRecord
  | { readonly type: 'trace'; readonly trace: Omit<NewTrace, 'experimentId' | 'runId'> & { readonly traceId: string } }
  | { readonly type: 'update'; readonly status?: RunStatus; readonly endTime?: number; readonly runName?: string };

type Tuple = readonly [string, number | string, number, number, ...(string | null)[]];

/** One line, with its end. */
export function encode(record: SpoolRecord): string {
  const json = JSON.stringify(record.type === 'metrics' ? { type: 'metrics', metrics: record.metrics.map(toTuple) } : record);
  return `${checksum(json)} ${json}\n`;
}

/** The record of a line without its end; `undefined` where it is not whole. */
export function decode(line: string): SpoolRecord | undefined {
  const json = line.slice(9);
  if (line[8] !== ' ' || line.slice(0, 8) !== checksum(json)) return undefined;
  const record = JSON.parse(json) as SpoolRecord;
  return record.type === 'metrics' ? { type: 'metrics', metrics: (record.metrics as unknown as Tuple[]).map(fromTuple) } : record;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

/** Points are most of a spool, so they are written without names. */
function toTuple({ key, value, timestamp, step, modelId, datasetName, datasetDigest }: Metric): Tuple {
  const plain = [key, toWireNumber(value), timestamp, step] as const;
  if (modelId === undefined && datasetName === undefined && datasetDigest === undefined) return plain;
  return [...plain, modelId ?? null, datasetName ?? null, datasetDigest ?? null];
}

function fromTuple([key, wire, timestamp, step, modelId, datasetName, datasetDigest]: Tuple): Metric {
  const metric = { key, value: fromWireNumber(wire), timestamp, step };
  if (modelId == null && datasetName == null && datasetDigest == null) return metric;
  return {
    ...metric,
    ...(modelId != null && { modelId }),
    ...(datasetName != null && { datasetName }),
    ...(datasetDigest != null && { datasetDigest }),
  };
}
