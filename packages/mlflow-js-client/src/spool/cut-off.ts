/** Ends runs whose process was killed, or whose machine lost its power, before anybody could say how they ended. */
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { keysOf, segmentPath, segmentsOf } from './layout.js';
import { lifeOf } from './life.js';
import { claim } from './lock.js';
import { encode } from './records.js';

export interface CutOffOptions {
  /** The spool. */
  readonly directory: string;
  /** Runs by their keys. Default: all. */
  readonly keys?: readonly string[];
}

/**
 * Ends the runs that were cut off as `KILLED`, at the time when they were last written: those that nobody ended and whose process is no more.
 * Processes of other machines, and of releases that did not note who writes, cannot be asked; their runs stay as they are. It is a record of
 * the spool, so that every target gets it; a process that goes on with such a run makes it `RUNNING` again.
 *
 * @returns Their keys.
 * @example
 * await endCutOffRuns({ directory: 'mlflow-spool' });
 * await syncSpool({ directory: 'mlflow-spool', to: 'http://localhost:5000' });
 */
export async function endCutOffRuns({ directory, keys = keysOf(directory) }: CutOffOptions): Promise<string[]> {
  const ended = [];
  for (const key of keys) if (await endCutOff(join(directory, key))) ended.push(key);
  return ended;
}

async function endCutOff(folder: string): Promise<boolean> {
  const segments = segmentsOf(folder);
  if (!(await lifeOf(folder)).isCutOff) return false;
  const endTime = Math.max(...segments.map((segment) => Math.round(statSync(segmentPath(folder, segment)).mtimeMs)));
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  const file = openSync(temporary, 'wx');
  try {
    writeSync(file, encode({ type: 'update', status: 'KILLED', endTime }));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    // Whoever goes on with the run meanwhile has this place already, and it is not cut off any more.
    claim(temporary, segmentPath(folder, segments.at(-1)! + 1));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
