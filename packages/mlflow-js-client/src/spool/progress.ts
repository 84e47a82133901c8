/** How far a target has a run: one small file for each, replaced as a whole. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Position } from './layout.js';

export interface Progress {
  /** The target, without credentials. */
  readonly target: string;
  /** Its name of the run, and of the experiment. */
  readonly runId: string;
  readonly experimentId: string;
  /** Everything before this place has arrived. */
  readonly position: Position;
  /** What the target refused and was left out. */
  readonly refused: number;
}

/** A short name of a target. */
export const targetId = (target: string): string => createHash('sha256').update(target).digest('hex').slice(0, 12);

const progressPath = (folder: string, target: string): string => join(folder, 'delivered', `${targetId(target)}.json`);

/** `undefined` where nothing was delivered there, or nobody knows. */
export async function readProgress(folder: string, target: string): Promise<Progress | undefined> {
  try {
    const progress = JSON.parse(await readFile(progressPath(folder, target), 'utf8')) as Progress;
    return progress.target === target && typeof progress.runId === 'string' && Array.isArray(progress.position) ? progress : undefined;
  } catch {
    return undefined;
  }
}

export async function writeProgress(folder: string, progress: Progress): Promise<void> {
  const path = progressPath(folder, progress.target);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(`${path}.tmp`, 'w');
  try {
    await file.writeFile(`${JSON.stringify(progress)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
}
