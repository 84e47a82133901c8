/**
 * Where a spool keeps what:
 *
 *     <spool>/<run key>/000001.jsonl      records of the process that began the run; 000002 of the next that went on
 *                       files/            copies of artifacts
 *                       delivered/        how far each server has it
 */
import { readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

const SEGMENT = /^(\d{6})\.jsonl$/;

/** A place in the records of a run: how many bytes of each segment are before it. Two processes may write a run at the same time. */
export type Position = readonly number[];

export const START: Position = [];

/** Whether everything before `a` is before `b` too. */
export const isUpTo = (a: Position, b: Position): boolean => a.every((offset, i) => offset <= (b[i] ?? 0));

/** A new name, whose order is that of time: `20261121-140500-0f3c…`. */
export function newKey(): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${randomBytes(6).toString('hex')}`;
}

/** What {@link newKey} and people who name runs themselves may use: it becomes a folder and a tag. */
export const isKey = (key: string): boolean => /^[A-Za-z0-9][\w-]{0,99}$/.test(key);

export const segmentPath = (folder: string, segment: number): string => join(folder, `${String(segment).padStart(6, '0')}.jsonl`);

/** The numbers of the segments of a run, in order; none where there is no such run. */
export function segmentsOf(folder: string): number[] {
  return namesIn(folder)
    .flatMap((name) => SEGMENT.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** The keys of the runs of a spool, in order. */
export const keysOf = (spool: string): string[] =>
  namesIn(spool)
    .filter((name) => isKey(name) && segmentsOf(join(spool, name)).length > 0)
    .sort();

/** What is in a folder; nothing where there is none. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
