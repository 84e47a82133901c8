/** What an MLflow server keeps of spans that come over OTLP in JSON. */
import { Refused } from './json.js';

interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** A text, since JSON has no 64-bit integers. */
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values: readonly KeyValue[] };
}
interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly { readonly name: string; readonly timeUnixNano: string; readonly attributes: readonly KeyValue[] }[];
  readonly status: { readonly code: number; readonly message?: string };
}
export interface OtlpRequest {
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[];
}

/** As the server's own pages get it. */
export interface StoredSpan {
  readonly span_id: string;
  readonly [field: string]: unknown;
}

/** What FastAPI says. */
export const detail = (status: number, text: string): { status: number; body: string; headers: Record<string, string> } => ({
  status,
  body: JSON.stringify({ detail: text }),
  headers: { 'content-type': 'application/json' },
});

/** Spans by the ids that MLflow makes of those of their traces. */
export function storedSpans(request: OtlpRequest): Map<string, StoredSpan[]> {
  const traces = new Map<string, StoredSpan[]>();
  for (const span of (request.resourceSpans ?? []).flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))) {
    const id = `tr-${hex(span.traceId, 32)}`;
    traces.set(id, [...(traces.get(id) ?? []), stored(id, span)]);
  }
  return traces;
}

function stored(id: string, { parentSpanId, attributes, events, status, ...span }: OtlpSpan): StoredSpan {
  const texts = Object.entries({ ...values(attributes), 'mlflow.traceRequestId': id }).map(([key, value]) => [key, JSON.stringify(value)]);
  return {
    trace_id: base64(hex(span.traceId, 32)),
    span_id: base64(hex(span.spanId, 16)),
    parent_span_id: parentSpanId === undefined ? null : base64(hex(parentSpanId, 16)),
    name: span.name,
    start_time_unix_nano: span.startTimeUnixNano,
    end_time_unix_nano: span.endTimeUnixNano,
    attributes: Object.fromEntries(texts) as Record<string, string>,
    events: events.map((event) => ({ name: event.name, time_unix_nano: event.timeUnixNano, attributes: values(event.attributes) })),
    status: { code: ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'][status.code], message: status.message ?? '' },
    links: [],
  };
}

const values = (pairs: readonly KeyValue[]): Record<string, unknown> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, valueOf(value)]));

function valueOf(value: AnyValue): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(valueOf);
  if (value.kvlistValue !== undefined) return values(value.kvlistValue.values);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null;
}

function hex(digits: string, length: number): string {
  if (!new RegExp(`^[0-9a-fA-F]{${length}}$`).test(digits)) throw new Refused(400, 'BAD_REQUEST', 'Invalid OpenTelemetry format');
  return digits.toLowerCase();
}

const base64 = (digits: string): string => Buffer.from(digits, 'hex').toString('base64');
