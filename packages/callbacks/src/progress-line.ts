/** The text of a progress line: what it says, and how it gives way when the terminal is narrow. */
import type { Logs } from '@gradus/core';

export interface Progress {
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps of the epoch that are done. */
  readonly done: number;
  readonly steps: number;
  /** Steps per second; `null` before it is known. */
  readonly rate: number | null;
  /** Seconds left in the run, seconds that the finished epoch took, or what is going on instead. */
  readonly time: string;
  readonly logs: Logs;
}

const WIDEST_BAR = 24;
const NARROWEST_BAR = 8;

/** Four significant digits: enough to see a metric move. Small values in exponent form, which is shorter. */
export function formatMetric(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(3) : value.toPrecision(4);
}

/** Seconds as `25ms`, `3.2s`, `41s`, `2:05` or `1:02:05`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)}ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function formatRate(rate: number | null): string {
  if (rate === null) return '';
  if (rate >= 10_000) return `${Math.round(rate / 1000)}k steps/s`;
  return `${rate >= 100 ? Math.round(rate) : rate.toPrecision(2)} steps/s`;
}

function bar(width: number, share: number): string {
  const full = Math.round(width * Math.min(Math.max(share, 0), 1));
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/**
 * The line, with everything after the bar in the order of `parts`.
 *
 * @param columns Cells that the line may take; `Infinity` for plain text, which has no bar. On a narrow terminal the bar shrinks,
 * then disappears, then the line is cut from the end, part by part.
 */
export function progressLine({ epoch, epochs, done, steps, rate, time, logs }: Progress, columns: number): string {
  const pad = (n: number, most: number): string => String(n).padStart(String(most).length);
  const head = `Epoch ${pad(epoch + 1, epochs)}/${epochs}`;
  const parts = [`${pad(done, steps)}/${steps}`, formatRate(rate), time].filter((part) => part !== '');
  const metrics = Object.entries(logs).map(([name, value]) => `${name} ${formatMetric(value)}`);
  const join = (texts: readonly string[]): string => texts.join('  ');
  if (columns === Infinity) return join([head, ...parts, ...metrics]);

  const room = columns - join([head, '', ...parts, ...metrics]).length;
  if (room >= NARROWEST_BAR) return join([head, bar(Math.min(room, WIDEST_BAR), steps === 0 ? 0 : done / steps), ...parts, ...metrics]);
  const all = [head, ...parts, ...metrics];
  for (let kept = all.length; kept > 0; kept--) {
    const text = join(kept === all.length ? all : [...all.slice(0, kept), '…']);
    if (text.length <= columns) return text;
  }
  return head.slice(0, Math.max(columns, 0));
}
