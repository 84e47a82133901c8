/**
 * Makes metrics, params and tags into what every server stores as it was meant. It must be done before sending: a value of the wrong
 * type makes the server drop the rest of the request and answer 200, and one bad key makes it refuse all of it.
 */
import { cut, safeKey, textOf } from './text.js';
import { MAX_PARAM_VALUE, MAX_TAG_VALUE } from './limits.js';
import type { Warnings } from './warnings.js';

/** A point as a caller gives it. */
export interface MetricInput {
  readonly key: string;
  /** NaN and infinities are values too. A boolean counts as 1 or 0; a text must be a number. */
  readonly value: number | bigint | boolean | string;
  /** Unix milliseconds, rounded. Default: now. */
  readonly timestamp?: number | Date;
  /** Whole number; may be negative. Default: 0. */
  readonly step?: number | bigint;
  /** MLflow 3: the logged model this measures. */
  readonly modelId?: string;
  /** MLflow 3: the dataset this was measured on; name and digest go together. */
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

/** A point as servers take it: `value` may be NaN or infinite, `timestamp` and `step` are safe integers. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly step: number;
  readonly modelId?: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

/** A param or a tag. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** Values by key, of any type: {@link Sanitizer} makes texts of them. */
export type Values = Readonly<Record<string, unknown>>;

/** Names of metrics that are remembered to need no change: a training has some, and uses them again and again. */
const REMEMBERED = 1000;

export class Sanitizer {
  readonly #warnings: Warnings;
  readonly #safe = new Set<string>();

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  /** Points fit to be sent; one that has no meaning is dropped with a warning that names it. */
  metrics(inputs: readonly MetricInput[]): Metric[] {
    const kept: Metric[] = [];
    for (const input of inputs) {
      const metric = this.#metric(input);
      if (metric !== undefined) kept.push(metric);
    }
    return kept;
  }

  /** Params fit to be sent. The same key twice keeps the first value, as a server would, which refuses the second. */
  params(values: Values): Entry[] {
    const kept = new Map<string, string>();
    for (const { key, value } of this.#entries('param', values, MAX_PARAM_VALUE)) {
      const before = kept.get(key);
      if (before === undefined) kept.set(key, value);
      else if (before !== value) this.#warnings.once(`param twice ${key}`, `param '${key}' has two values; '${cut(before, 80)}' is kept`);
    }
    return [...kept].map(([key, value]) => ({ key, value }));
  }

  /** Tags fit to be sent; of the same key twice the last value. */
  tags(values: Values): Entry[] {
    const kept = new Map(this.#entries('tag', values, MAX_TAG_VALUE).map(({ key, value }) => [key, value]));
    return [...kept].map(([key, value]) => ({ key, value }));
  }

  /** A key as servers take it. */
  key(kind: 'metric' | 'param' | 'tag', key: string): string | undefined {
    const safe = safeKey(String(key));
    if (safe === undefined) this.#warnings.once(`${kind} ${key}`, `a ${kind} with the key '${key}' was dropped: no server takes that key`);
    else if (safe !== key) {
      const shown = key.length > 100 ? `${cut(key, 100)}… (${key.length} characters)` : key;
      this.#warnings.once(`${kind} ${key}`, `${kind} '${shown}' is stored as '${safe}': servers refuse other keys`);
    }
    return safe;
  }

  #metric(input: MetricInput): Metric | undefined {
    const key = this.#safe.has(input.key) ? input.key : this.#metricKey(input.key);
    if (key === undefined) return undefined;
    const value = numberOf(input.value);
    if (value === undefined) return this.#drop(key, `its value ${show(input.value)} is no number`);
    const timestamp = input.timestamp === undefined ? Date.now() : Math.round(Number(input.timestamp));
    if (!Number.isSafeInteger(timestamp)) return this.#drop(key, `its timestamp ${show(input.timestamp)} is no time in milliseconds`);
    const given = Number(input.step ?? 0);
    const step = Math.round(given);
    if (!Number.isSafeInteger(step)) return this.#drop(key, `its step ${show(input.step)} is no whole number`);
    if (step !== given)
      this.#warnings.once(`metric step ${key}`, `metric '${key}' has the step ${given}, which is no whole number; ${step} is stored`);
    // Never the number -0, which is another text than 0.
    const metric = { key, value, timestamp: timestamp + 0, step: step + 0 };
    const { modelId, datasetName, datasetDigest } = input;
    if (modelId === undefined && datasetName === undefined && datasetDigest === undefined) return metric;
    return {
      ...metric,
      ...(modelId !== undefined && { modelId: textOf(modelId) }),
      ...(datasetName !== undefined && { datasetName: textOf(datasetName) }),
      ...(datasetDigest !== undefined && { datasetDigest: textOf(datasetDigest) }),
    };
  }

  #metricKey(given: string): string | undefined {
    const key = this.key('metric', given);
    if (key === given && this.#safe.size < REMEMBERED) this.#safe.add(key);
    return key;
  }

  #drop(key: string, what: string): undefined {
    this.#warnings.once(`metric ${what} ${key}`, `metric '${key}' was dropped: ${what}`);
  }

  #entries(kind: 'param' | 'tag', values: Values, limit: number): Entry[] {
    return Object.entries(values).flatMap(([given, any]) => {
      if (any === undefined) return [];
      const key = this.key(kind, given);
      if (key === undefined) return [];
      const value = textOf(any);
      if (value.length > limit) {
        this.#warnings.once(
          `${kind} long ${key}`,
          `${kind} '${key}' was cut from ${value.length} to ${limit} characters, the most a server takes`,
        );
      }
      return [{ key, value: cut(value, limit) }];
    });
  }
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value + 0;
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = fromWireNumber(value.trim());
  return Number.isNaN(number) && !/^[+-]?nan$/i.test(value.trim()) ? undefined : number;
}

const show = (value: unknown): string => cut(typeof value === 'string' ? `'${value}'` : textOf(value), 80);

/** A number for JSON, which has neither NaN nor infinities: the server reads these texts. */
export const toWireNumber = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/** What {@link toWireNumber} wrote, or MLflow did: `NaN`, `Infinity`, `-Infinity`, `nan`, `inf`, `-inf`. */
export function fromWireNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  const text = String(value);
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text === '' ? NaN : Number(text);
}
