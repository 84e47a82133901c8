/**
 * Spans as the OpenTelemetry protocol has them, in its JSON encoding: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. Ids are
 * hexadecimal digits there, and 64-bit integers texts.
 */
import { attributesOf, jsonText, nanoseconds, type SpanGiven } from './spans.js';
import type { Json } from './wire.js';

/** Where MLflow takes it, after the prefix of the server. */
export const OTLP_PATH = '/v1/traces';

/** Whether the protocol can say an id: MLflow puts `tr-` before its digits, in lower case. */
export const isOtlpTraceId = (traceId: string): boolean => /^tr-[0-9a-f]{32}$/.test(traceId);

/** `Status.StatusCode` */
const STATUS = { OK: 1, ERROR: 2 } as const;

/** An `ExportTraceServiceRequest` with the spans of one trace. */
export const exportRequest = (traceId: string, spans: readonly SpanGiven[]): Json => ({
  resourceSpans: [
    {
      resource: {},
      scopeSpans: [{ scope: { name: 'mlflow-js-client' }, spans: spans.map((span) => otlpSpan(traceId.replace(/^tr-/, ''), span)) }],
    },
  ],
});

function otlpSpan(traceId: string, span: SpanGiven): Json {
  const { spanId, parentSpanId, name, startTime, endTime, status = 'OK', statusMessage, events = [] } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    startTimeUnixNano: nanoseconds(startTime),
    endTimeUnixNano: nanoseconds(endTime),
    attributes: attributes(attributesOf(span)),
    events: events.map((event) => ({
      name: event.name,
      timeUnixNano: nanoseconds(event.time),
      attributes: attributes(event.attributes ?? {}),
    })),
    status: { code: STATUS[status], message: statusMessage },
  };
}

/** Attributes, each as MLflow has it where it is a JSON text. */
const attributes = (values: Readonly<Record<string, unknown>>): Json[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: anyValue(JSON.parse(jsonText(value))) }));

/** A value of JSON; `null` is an `AnyValue` without any. */
function anyValue(value: unknown): Json {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (value === null) return {};
  return { kvlistValue: { values: Object.entries(value as Json).map(([key, item]) => ({ key, value: anyValue(item) })) } };
}
