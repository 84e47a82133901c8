import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBatch } from '../../test/fake/rules.js';
import { fromWireNumber, Sanitizer, toWireNumber, type MetricInput } from './sanitizer.js';
import { safeKey } from './text.js';
import { Warnings } from './warnings.js';

const sanitize = () => {
  const warnings: string[] = [];
  return { warnings, sanitizer: new Sanitizer(new Warnings((message) => warnings.push(message))) };
};
const metric = (input: Partial<MetricInput>) => {
  const { sanitizer, warnings } = sanitize();
  const [point] = sanitizer.metrics([{ key: 'k', value: 1, timestamp: 5, ...input }]);
  return { point, warnings };
};

describe('keys', () => {
  it.each([
    ['loss', 'loss'], ['val/loss', 'val/loss'], ['läuft 漢字_1.0-a', 'läuft 漢字_1.0-a'], ['a:b', 'a_b'], ['a?b', 'a_b'], ['acc@1', 'acc_1'],
    ['/a', 'a'], ['a/', 'a'], ['a//b', 'a/b'], ['a/./b', 'a/b'], ['.', undefined], ['..', '__'], ['../a', '__/a'], ['a/../b', 'a/__/b'], ['..a', '__a'], ['...', '__.'],
    ['', undefined], ['///', undefined], ['x'.repeat(251), 'x'.repeat(250)], ['\ud800', '_'], ['a\0b', 'a_b'],
    [`${'x'.repeat(249)}/y`, 'x'.repeat(249)],
  ])('%j is stored as %j', (key, stored) => expect(safeKey(key)).toBe(stored));

  it('of any text are what every server takes, and stay as they are the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('2.9.0', '3.17.2'), (key, version) => {
        const safe = safeKey(key);
        if (safe === undefined) return;
        checkBatch({ run_id: 'r', tags: [{ key: safe, value: '' }] }, version);
        expect(safeKey(safe)).toBe(safe);
      }),
      { numRuns: 80 },
    );
  });
});

describe('metrics', () => {
  it('of names that come again are what they were the first time', () => {
    const { sanitizer, warnings } = sanitize();
    const keys = ['a:b', 'a_b', 'c', 'a:b', 'c', '', 'c'];
    expect(sanitizer.metrics(keys.map((key) => ({ key, value: 1 }))).map(({ key }) => key)).toEqual(['a_b', 'a_b', 'c', 'a_b', 'c', 'c']);
    expect(warnings).toHaveLength(2);
    // More names than are remembered.
    const many = Array.from({ length: 3000 }, (_, i) => ({ key: `k${i % 1500}${i % 2 === 0 ? '' : '?'}`, value: i }));
    expect(sanitizer.metrics(many).map(({ key }) => key)).toEqual(many.map(({ key }) => key.replace('?', '_')));
  });

  it.each([
    [1.5, 1.5], [true, 1], [false, 0], [3n, 3], ['0.25', 0.25], [' 1e-7 ', 1e-7], ['NaN', NaN], ['nan', NaN], ['inf', Infinity], ['-Infinity', -Infinity],
    [NaN, NaN], [Infinity, Infinity], [-0, 0], [5e-324, 5e-324],
  ])('the value %s is stored as %s', (value, stored) => {
    const { point, warnings } = metric({ value });
    expect(point?.value).toBe(stored);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['a text', { value: 'good' }, "metric 'k' was dropped: its value 'good' is no number"],
    ['nothing', { value: '' }, "metric 'k' was dropped: its value '' is no number"],
    ['null', { value: null as never }, "metric 'k' was dropped: its value null is no number"],
    ['an object', { value: { a: 1 } as never }, "metric 'k' was dropped: its value {\"a\":1} is no number"],
    ['no time', { timestamp: NaN }, "metric 'k' was dropped: its timestamp NaN is no time in milliseconds"],
    ['an endless step', { step: Infinity }, "metric 'k' was dropped: its step Infinity is no whole number"],
    ['no key', { key: '' }, "a metric with the key '' was dropped: no server takes that key"],
  ])('%s drops the point and says so', (_name, input, warning) => {
    expect(metric(input)).toEqual({ point: undefined, warnings: [warning] });
  });

  it('times are rounded, steps too but with a warning, once for each key', () => {
    expect(metric({ timestamp: 1700000000000.6 })).toEqual({ point: { key: 'k', value: 1, timestamp: 1700000000001, step: 0 }, warnings: [] });
    expect(metric({ timestamp: new Date(7), step: 3n }).point).toEqual({ key: 'k', value: 1, timestamp: 7, step: 3 });
    const { sanitizer, warnings } = sanitize();
    const points = sanitizer.metrics([0.5, 1.5, 2].map((step) => ({ key: 'a b?', value: 1, timestamp: 1, step })));
    expect(points.map(({ step }) => step)).toEqual([1, 2, 2]);
    expect(warnings).toEqual([
      "metric 'a b?' is stored as 'a b_': servers refuse other keys",
      "metric 'a b_' has the step 0.5, which is no whole number; 1 is stored",
    ]);
  });

  it('numbers survive the way to the server and back, which JSON alone does not grant', () => {
    fc.assert(fc.property(fc.double(), (value) => {
      const there = JSON.parse(JSON.stringify(toWireNumber(value + 0))) as unknown;
      expect(fromWireNumber(there)).toBe(value + 0);
    }));
    expect([...['nan', 'inf', '-inf', ''], null].map(fromWireNumber)).toEqual([NaN, Infinity, -Infinity, NaN, NaN]);
  });
});

describe('params and tags', () => {
  it('become texts', () => {
    const { sanitizer, warnings } = sanitize();
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const values = { n: 3, f: 1e-5, yes: true, none: null, gone: undefined, list: [1, 2], map: { a: 1 }, when: new Date(0), big: 1n, cycle, bad: 'a\ud800b\0c' };
    const expected = { n: '3', f: '0.00001', yes: 'true', none: 'null', list: '[1,2]', map: '{"a":1}', when: '1970-01-01T00:00:00.000Z', big: '1', cycle: '[object Object]', bad: 'a\uFFFDb\uFFFDc' };
    expect(Object.fromEntries(sanitizer.tags(values).map(({ key, value }) => [key, value]))).toEqual(expected);
    expect(sanitizer.params(values)).toEqual(sanitizer.tags(values));
    expect(warnings).toEqual([]);
  });

  it('are cut where the server would cut them, never through a character', () => {
    const { sanitizer, warnings } = sanitize();
    const [param] = sanitizer.params({ p: `${'x'.repeat(5999)}😀` });
    expect(param.value).toBe('x'.repeat(5999));
    expect(sanitizer.tags({ t: 'y'.repeat(9000) })[0].value).toHaveLength(8000);
    expect(warnings).toEqual([
      "param 'p' was cut from 6001 to 6000 characters, the most a server takes",
      "tag 't' was cut from 9000 to 8000 characters, the most a server takes",
    ]);
  });

  it('that come to the same key: the first param, the last tag', () => {
    const { sanitizer, warnings } = sanitize();
    expect(sanitizer.params({ 'a?': 1, 'a!': 2 })).toEqual([{ key: 'a_', value: '1' }]);
    expect(sanitizer.tags({ 'a?': 1, 'a!': 2 })).toEqual([{ key: 'a_', value: '2' }]);
    expect(warnings).toContain("param 'a_' has two values; '1' is kept");
  });

  it('a listener that throws, and a thousand different mistakes, harm nobody', () => {
    let told = 0;
    const sanitizer = new Sanitizer(new Warnings(() => {
      told++;
      throw new Error('listener');
    }));
    for (let i = 0; i < 5000; i++) expect(sanitizer.metrics([{ key: `?${i}`, value: 1 }])).toHaveLength(1);
    expect(told).toBe(1000);
  });
});
