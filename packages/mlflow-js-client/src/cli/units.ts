/** Times and sizes as people write them. */
import { MlflowError } from '../errors.js';

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `30d` in milliseconds. @throws `INVALID_ARGUMENT` */
export function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  if (unit !== undefined) return Number(number) * UNITS[unit as keyof typeof UNITS];
  throw new MlflowError('INVALID_ARGUMENT', {
    what: 'This is no time',
    received: `'${text}'`,
    expected: 'a number and s, m, h, d or w: 30d',
  });
}

/** `1.2 MB`, where a MB has a million bytes. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  for (; bytes >= 999.95 && at < units.length - 1; at++) bytes /= 1000;
  return `${at === 0 ? bytes : bytes.toFixed(1)} ${units[at]}`;
}
