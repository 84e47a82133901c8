/** Spans in the JSON of the OpenTelemetry protocol. Expected by hand, from its specification. */
import { expect, it } from 'vitest';
import { exportRequest, isOtlpTraceId } from './otlp.js';
import { withIds } from './spans.js';

const traceId = 'tr-5b8efff798038103d269b633813fc60c';

it('ids are hexadecimal, times nanoseconds in texts, statuses numbers', () => {
  const request = exportRequest(traceId, [
    {
      name: 'I am a server span',
      spanId: 'eee19b7ec3c1b174',
      parentSpanId: 'eee19b7ec3c1b173',
      startTime: 1_544_712_660_000,
      endTime: 1_544_712_661_000.25,
      events: [{ name: 'half', time: 1_544_712_660_500, attributes: { n: 1 } }],
      status: 'ERROR',
      statusMessage: 'broken',
    },
  ]);
  expect(JSON.parse(JSON.stringify(request))).toEqual({
    resourceSpans: [{
      resource: {},
      scopeSpans: [{
        scope: { name: 'mlflow-js-client' },
        spans: [{
          traceId: '5b8efff798038103d269b633813fc60c',
          spanId: 'eee19b7ec3c1b174',
          parentSpanId: 'eee19b7ec3c1b173',
          name: 'I am a server span',
          startTimeUnixNano: '1544712660000000000',
          endTimeUnixNano: '1544712661000250000',
          attributes: [{ key: 'mlflow.spanType', value: { stringValue: 'UNKNOWN' } }],
          events: [{ name: 'half', timeUnixNano: '1544712660500000000', attributes: [{ key: 'n', value: { intValue: '1' } }] }],
          status: { code: 2, message: 'broken' },
        }],
      }],
    }],
  });
});

it.each<[string, unknown, object]>([
  ['a text',              'a',              { stringValue: 'a' }],
  ['true',                true,             { boolValue: true }],
  ['a whole number',      -3,               { intValue: '-3' }],
  ['the largest',         2 ** 53 - 1,      { intValue: '9007199254740991' }],
  ['a larger one',        2 ** 64,          { doubleValue: 2 ** 64 }],
  ['a fraction',          0.5,              { doubleValue: 0.5 }],
  ['null',                null,             {}],
  ['no number',           NaN,              {}],
  ['no JSON',             () => {},         {}],
  ['a date',              new Date(0),      { stringValue: '1970-01-01T00:00:00.000Z' }],
  ['an empty list',       [],               { arrayValue: { values: [] } }],
  ['a list',              [1, 'a', null],   { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'a' }, {}] } }],
  ['an object',           { a: { b: [] }, c: undefined }, { kvlistValue: { values: [{ key: 'a', value: { kvlistValue: { values: [{ key: 'b', value: { arrayValue: { values: [] } } }] } } }] } }],
])('the value of an attribute: %s', (_name, value, expected) => {
  const request = JSON.stringify(exportRequest(traceId, [{ name: 's', startTime: 0, endTime: 0, inputs: value ?? null, attributes: { value } }]));
  const { attributes } = JSON.parse(request).resourceSpans[0].scopeSpans[0].spans[0];
  expect(attributes.find(({ key }: { key: string }) => key === 'value').value).toEqual(expected);
  expect(attributes.find(({ key }: { key: string }) => key === 'mlflow.spanInputs').value).toEqual(expected);
});

it('what has a cycle is told of as a text', () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  expect(JSON.stringify(exportRequest(traceId, [{ name: 's', startTime: 0, endTime: 0, inputs: cycle }]))).toContain('"stringValue":"');
});

it('a span without an id has one that is always the same, and never that of another', () => {
  const span = { name: 's', startTime: 0, endTime: 0 };
  const ids = (id: string): string[] => withIds(id, [span, { ...span, spanId: 'abc' }, span]).map(({ spanId }) => spanId!);
  expect(ids(traceId)).toEqual(['d269b633813fc60c', 'abc', 'd269b633813fc60e']);
  expect(ids(`tr-${'f'.repeat(32)}`)).toEqual(['ffffffffffffffff', 'abc', '8000000000000001']);
  expect(ids('trace 7')).toEqual(['8000000000000007', 'abc', '8000000000000009']);
  expect(ids('mine!')).toEqual(['8000000000000000', 'abc', '8000000000000002']);
});

it.each([
  [traceId, true],
  [traceId.toUpperCase(), false],
  [traceId.replace('tr-', ''), false],
  ['tr-12', false],
])('the protocol can say the id of a trace: %s %s', (id, can) => expect(isOtlpTraceId(id)).toBe(can));
