/**
 * Exactly one run of a target for each of the spool, whoever makes it. Two may want to at the same time, in any processes: who delivers the
 * run, and who delivers one that is nested in it and must name it by its id.
 */
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, MlflowError } from '../errors.js';
import type { Warnings } from '../input/warnings.js';
import { Lock } from './lock.js';
import { readProgress, writeProgress } from './progress.js';
import { readHeader } from './reader.js';
import type { RunHeader } from './records.js';
import type { Refusal, RunTarget, Target } from './target.js';

/** The tag by which MLflow shows a run below another. */
const PARENT_TAG = 'mlflow.parentRunId';

/** Milliseconds that one waits for another to make the run: some requests. */
const PATIENCE = 2000;
const PAUSE = 20;

/**
 * Does something while nobody else opens the run of that folder.
 *
 * @throws `RESOURCE_CONFLICT` where another process does, for long.
 */
export async function whileOpening<T>(folder: string, target: string, work: () => Promise<T>): Promise<T> {
  const lock = new Lock(folder, target, 'open');
  let holder = lock.take();
  for (let waited = 0; holder !== undefined && waited < PATIENCE; waited += PAUSE) {
    await sleep(PAUSE);
    holder = lock.take();
  }
  if (holder !== undefined) {
    throw new MlflowError('RESOURCE_CONFLICT', {
      what: `The run in '${folder}' is being made at ${target}`,
      received: holder,
      fix: 'Wait until that is done.',
    });
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Opens a run that no delivery noted, below its parent. To be called `whileOpening` it. */
export async function openNested(
  folder: string,
  header: RunHeader,
  target: Target,
  refuse: Refusal,
  warnings: Warnings,
): Promise<RunTarget> {
  const parent = header.parent === undefined ? undefined : await idOfParent(folder, header, target, warnings);
  const own = header.tags.filter(({ key }) => parent === undefined || key !== PARENT_TAG);
  const tags = parent === undefined ? own : [...own, { key: PARENT_TAG, value: parent }];
  const run = await target.open({ ...header, tags }, undefined, refuse);
  // A run that was there may be another's, or be of a time when its parent had another id.
  if (!run.isNew && tags.length > 0) await run.setTags(tags);
  return run;
}

/** The id that the target has for the parent, which is made there where it is not yet; `undefined` where the spool has it no more. */
async function idOfParent(folder: string, { key, parent }: RunHeader, target: Target, warnings: Warnings): Promise<string | undefined> {
  const above = join(dirname(folder), parent!);
  const noted = await readProgress(above, target.uri);
  if (noted !== undefined) return noted.runId;
  const start = await readHeader(above, warnings);
  if (start === undefined) {
    warnings.once(`parent ${folder}`, `the spool has the parent '${parent}' of run '${key}' no more: the run is delivered without it`);
    return undefined;
  }
  return whileOpening(above, target.uri, async () => {
    const meanwhile = await readProgress(above, target.uri);
    if (meanwhile !== undefined) return meanwhile.runId;
    const { runId, experimentId } = await openNested(above, start.header, target, () => {}, warnings);
    try {
      await writeProgress(above, { target: target.uri, runId, experimentId, position: start.end, refused: 0 });
    } catch (error) {
      // Whoever delivers it finds it by its key.
      warnings.once(`note ${above}`, `the id of '${above}' cannot be noted: ${messageOf(error)}`);
    }
    return runId;
  });
}
