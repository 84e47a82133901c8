/** The steps of a trace, as MLflow's viewer reads them. */
import { textOf } from '../input/text.js';
import { objects, object, text, textOrNone, type Json } from './wire.js';

/** What a step was: MLflow's viewer has a sign for these, and takes any other text. */
export type SpanType =
  | 'AGENT'
  | 'CHAIN'
  | 'CHAT_MODEL'
  | 'EMBEDDING'
  | 'EVALUATOR'
  | 'LLM'
  | 'PARSER'
  | 'RERANKER'
  | 'RETRIEVER'
  | 'TASK'
  | 'TOOL'
  | 'UNKNOWN'
  | (string & {});

/** Something that happened at one moment of a span. */
export interface SpanEvent {
  readonly name: string;
  /** Unix milliseconds. */
  readonly time: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A step as a caller gives it. */
export interface SpanGiven {
  readonly name: string;
  /** 16 hexadecimal digits. Default: one that follows from its trace and place, so that a span which is sent again is the same. */
  readonly spanId?: string;
  /** The span it is a part of. Default: none, which makes it the root. */
  readonly parentSpanId?: string;
  readonly type?: SpanType;
  /** Unix milliseconds; parts of a millisecond count. */
  readonly startTime: number;
  readonly endTime: number;
  /** Any JSON. */
  readonly inputs?: unknown;
  readonly outputs?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly events?: readonly SpanEvent[];
  /** Default: `OK`. */
  readonly status?: 'OK' | 'ERROR';
  /** What went wrong. */
  readonly statusMessage?: string;
}

/** A step as it is stored. */
export interface Span extends SpanGiven {
  readonly spanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly SpanEvent[];
  readonly status: 'OK' | 'ERROR';
}

/** `bytes` random bytes as hexadecimal digits. */
export const randomHex = (bytes: number): string =>
  [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Spans that all have an id. */
export function withIds(traceId: string, spans: readonly SpanGiven[]): SpanGiven[] {
  const first = BigInt(`0x0${/[0-9a-f]{0,16}$/.exec(traceId)![0]}`);
  // Zero would be no id.
  const idOf = (place: number): string => ((1n << 63n) | BigInt.asUintN(63, first + BigInt(place))).toString(16);
  return spans.map((span, i) => ({ ...span, spanId: span.spanId ?? idOf(i) }));
}

/** The attributes of a span, with those that MLflow's viewer reads. */
export const attributesOf = ({ attributes, type = 'UNKNOWN', inputs, outputs }: SpanGiven): Readonly<Record<string, unknown>> => ({
  ...attributes,
  'mlflow.spanType': type,
  ...(inputs !== undefined && { 'mlflow.spanInputs': inputs }),
  ...(outputs !== undefined && { 'mlflow.spanOutputs': outputs }),
});

/** The content of `traces.json`: ids in base64, times in nanoseconds, attributes as JSON texts. */
export function wireSpans(traceId: string, spans: readonly SpanGiven[]): string {
  // Nanoseconds have more digits than a number holds, so they are written as they are.
  const texts = withIds(traceId, spans).map((span) => {
    const { startTime, endTime, status = 'OK', statusMessage = '', events = [] } = span;
    const attributes = { ...attributesOf(span), 'mlflow.traceRequestId': traceId };
    const json = JSON.stringify({
      trace_id: base64(traceId.replace(/^tr-/, '')),
      span_id: base64(span.spanId!),
      parent_span_id: span.parentSpanId === undefined ? null : base64(span.parentSpanId),
      name: span.name,
      start_time_unix_nano: nanoseconds(startTime),
      end_time_unix_nano: nanoseconds(endTime),
      events: events.map((event) => ({ name: event.name, time_unix_nano: nanoseconds(event.time), attributes: event.attributes ?? {} })),
      status: { code: status === 'OK' ? 'STATUS_CODE_OK' : 'STATUS_CODE_ERROR', message: statusMessage },
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, jsonText(value)])),
      links: [],
    });
    return json.replace(/("(?:start_time|end_time|time)_unix_nano":)"(\d+)"/g, '$1$2');
  });
  return `{"spans":[${texts.join(',')}]}`;
}

/** Reads what {@link wireSpans} or MLflow wrote. */
export function readSpans(content: string): Span[] {
  const json = JSON.parse(content.replace(/("(?:start_time|end_time|time)_unix_nano":\s*)(\d+)/g, '$1"$2"')) as Json;
  return objects(json, 'spans').map((span) => {
    const status = object(span, 'status');
    const all = Object.fromEntries(Object.entries(object(span, 'attributes')).map(([key, value]) => [key, parsed(value)]));
    const { 'mlflow.spanType': type, 'mlflow.spanInputs': inputs, 'mlflow.spanOutputs': outputs, ...attributes } = all;
    const parent = textOrNone(span, 'parent_span_id');
    return {
      name: text(span, 'name'),
      spanId: hex(text(span, 'span_id')),
      ...(parent !== undefined && { parentSpanId: hex(parent) }),
      type: String(type ?? 'UNKNOWN'),
      startTime: milliseconds(span.start_time_unix_nano),
      endTime: milliseconds(span.end_time_unix_nano),
      ...(inputs !== undefined && { inputs }),
      ...(outputs !== undefined && { outputs }),
      attributes,
      events: objects(span, 'events').map((event) => ({
        name: text(event, 'name'),
        time: milliseconds(event.time_unix_nano),
        attributes: object(event, 'attributes'),
      })),
      status: text(status, 'code').endsWith('ERROR') ? ('ERROR' as const) : ('OK' as const),
      ...(textOrNone(status, 'message') !== undefined && { statusMessage: text(status, 'message') }),
    };
  });
}

/** Milliseconds to a tenth of a microsecond are what a number holds of the time of day. */
export const nanoseconds = (time: number): string => String(BigInt(Math.floor(time)) * 1_000_000n + BigInt(Math.round((time % 1) * 1e6)));

const milliseconds = (time: unknown): number => Number(BigInt(String(time ?? 0)) / 1000n) / 1000;

const base64 = (digits: string): string => btoa(String.fromCharCode(...(digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16))));

const hex = (encoded: string): string => [...atob(encoded)].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');

/** Any value as JSON, where numbers that it lacks are `null`, and what has none is a text. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return JSON.stringify(textOf(value));
  }
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
