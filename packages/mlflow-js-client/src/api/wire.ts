/** Reads MLflow's JSON, where a field that has its default value is left out and an int64 may be a text. */
import { toWireNumber, type Entry, type Metric } from '../input/sanitizer.js';

export type Json = Readonly<Record<string, unknown>>;

export const object = (json: Json, name: string): Json => (json[name] ?? {}) as Json;

export const objects = (json: Json, name: string): readonly Json[] => (Array.isArray(json[name]) ? (json[name] as Json[]) : []);

export const text = (json: Json, name: string): string => String(json[name] ?? '');

export const textOrNone = (json: Json, name: string): string | undefined => {
  const value = json[name];
  return value === undefined || value === null || value === '' ? undefined : String(value);
};

export const count = (json: Json, name: string): number => Number(json[name] ?? 0);

export const countOrNone = (json: Json, name: string): number | undefined => (json[name] == null ? undefined : Number(json[name]));

/** `[{ key, value }]` as a record. */
export const record = (json: Json, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(objects(json, name).map((entry) => [text(entry, 'key'), text(entry, 'value')]));

/** A record as `[{ key, value }]`. */
export const entries = (values: Readonly<Record<string, string>>): Entry[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

/** A point as log-batch takes it. */
export const wireMetric = ({ key, value, timestamp, step, modelId, datasetName, datasetDigest }: Metric): Json => ({
  key,
  value: toWireNumber(value),
  timestamp,
  step,
  model_id: modelId,
  dataset_name: datasetName,
  dataset_digest: datasetDigest,
});
