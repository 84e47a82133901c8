import { describe, expect, it } from 'vitest';
import { formatMetric, formatSeconds, progressLine } from './progress-line.js';

it.each([
  [0, '0.000'],
  [0.123456, '0.1235'],
  [-12.3456, '-12.35'],
  [123456, '1.235e+5'],
  [0.001, '0.001000'],
  [0.00099996, '1.000e-3'],
  [-1.5e-9, '-1.500e-9'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
])('metric %d is %s', (value, text) => expect(formatMetric(value)).toBe(text));

it.each([
  [0, '0ms'],
  [0.0034, '3ms'],
  [0.0994, '99ms'],
  [0.0996, '0.1s'],
  [9.94, '9.9s'],
  [9.95, '10s'],
  [59.4, '59s'],
  [59.6, '1:00'],
  [3599.6, '1:00:00'],
  [3725, '1:02:05'],
  [360000, '100:00:00'],
])('%d seconds are %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

describe('progressLine', () => {
  const progress = { epoch: 8, epochs: 10, done: 7, steps: 100, rate: 0.5, time: '5s', logs: {} };

  it('keeps its columns as numbers grow', () => {
    expect(progressLine(progress, Infinity)).toBe('Epoch  9/10    7/100  0.50 steps/s  5s');
    expect(progressLine({ ...progress, rate: 1234.5 }, Infinity)).toContain('1235 steps/s');
    expect(progressLine({ ...progress, rate: 123_456 }, Infinity)).toContain('123k steps/s');
    expect(progressLine({ ...progress, rate: null }, Infinity)).toBe('Epoch  9/10    7/100  5s');
  });

  it('never exceeds the columns, whatever they are', () => {
    for (let columns = 0; columns < 130; columns++) {
      expect(progressLine({ ...progress, logs: { loss: 1, a: 2, b: 3 } }, columns).length).toBeLessThanOrEqual(columns);
    }
  });

  it('fills the bar by the share of steps', () => {
    const bars = [0, 50, 100].map((done) => /[█░]+/.exec(progressLine({ ...progress, done }, 100))![0]);
    expect(bars).toEqual(['░'.repeat(24), '█'.repeat(12) + '░'.repeat(12), '█'.repeat(24)]);
  });
});
