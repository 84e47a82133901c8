/**
 * What the spool has of a run already. Steps that happen again after a restart give the same values at other times of day: logging them
 * once more would make two points of one.
 */
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { crc32 } from 'node:zlib';
import { seriesOf } from './series.js';

export interface Written {
  /** How often the run went on after it was cut off. */
  readonly resumes: number;
  /** Points at each place of a series: see `placeOf`. Only those after the state that the run goes on from. */
  readonly points: Map<string, number>;
  /** The last step of the system's own metrics; -1 without any. */
  readonly lastSystemStep: number;
  readonly models: ReadonlySet<string>;
  readonly artifacts: ReadonlySet<string>;
  readonly traces: ReadonlySet<string>;
}

/** The key of `Written.points`. */
export const placeOf = (series: string, step: number): string => `${series} ${step}`;

type Point = readonly [key: string, value: unknown, timestamp: number, step: number];

interface Line {
  readonly type: string;
  readonly metrics?: readonly Point[];
  readonly name?: string;
  readonly path?: string;
  readonly trace?: { readonly traceId: string };
}

export const NOTHING_WRITTEN: Written = {
  ...{ resumes: 0, lastSystemStep: -1, points: new Map() },
  ...{ models: new Set<string>(), artifacts: new Set<string>(), traces: new Set<string>() },
};

/**
 * Reads the records of a run, a line at a time.
 *
 * @param folder That of the run in its spool.
 * @param after The last step of each series that does not happen again.
 * @returns `null` where there is no such run.
 */
export async function readWritten(folder: string, after: Readonly<Record<string, number>>): Promise<Written | null> {
  const points = new Map<string, number>();
  const [models, artifacts, traces] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let [resumes, lastSystemStep] = [0, -1];
  const files = segments(folder);
  if (files.length === 0) return null;
  for (const file of files) {
    const input = createReadStream(join(folder, file), 'utf8');
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      const line = parse(text);
      if (line?.type === 'resume') resumes++;
      if (line?.type === 'model') models.add(line.name ?? '');
      if (line?.type === 'artifact') artifacts.add(line.path ?? '');
      if (line?.type === 'trace') traces.add(line.trace?.traceId ?? '');
      for (const [key, , , step] of line?.metrics ?? []) {
        const series = seriesOf(key);
        if (series === 'system') lastSystemStep = Math.max(lastSystemStep, step);
        else if (step > after[series]) points.set(placeOf(series, step), (points.get(placeOf(series, step)) ?? 0) + 1);
      }
    }
  }
  return { resumes, points, lastSystemStep, models, artifacts, traces };
}

function segments(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d{6}\.jsonl$/.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** A line is a checksum and JSON; one that is not whole counts as never written. */
function parse(text: string): Line | null {
  const json = text.slice(9);
  if (text[8] !== ' ' || text.slice(0, 8) !== crc32(json).toString(16).padStart(8, '0')) return null;
  return JSON.parse(json) as Line;
}
