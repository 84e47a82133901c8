/** Removes from a spool what a target has: what the command `mlflow-spool prune` does. */
import { existsSync, renameSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ClientOptions } from '../client.js';
import { messageOf, MlflowError } from '../errors.js';
import { Warnings } from '../input/warnings.js';
import { keysOf, namesIn, segmentPath, segmentsOf } from './layout.js';
import { lifeOf } from './life.js';
import { isDelivered } from './lock.js';
import { inTreeOrder } from './nesting.js';
import { openTarget } from './open-target.js';
import { readProgress } from './progress.js';
import { headerOf, SpoolReader } from './reader.js';
import { isTransient } from './refusals.js';
import type { Target } from './target.js';

export interface PruneOptions {
  /** The spool. */
  readonly directory: string;
  /** The target that must have a run before it is removed: `http(s)://…`, or a path or `file:` URI for a tree `mlruns`. It is asked. */
  readonly to: string;
  /** Milliseconds since a run was last written. Default: 0. */
  readonly olderThan?: number;
  /** Only tell. Default: `false`. */
  readonly dryRun?: boolean;
  /** More options of the client, which win over the environment. */
  readonly client?: Partial<ClientOptions>;
  /** Told, once for each thing, what people should know. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void;
  /** Told when a run is done with. */
  readonly onRun?: (run: PrunedRun) => void;
  readonly signal?: AbortSignal;
}

/** What became of a run. */
export interface PrunedRun {
  readonly key: string;
  /** What its folder takes on the disk. */
  readonly bytes: number;
  /** Why it is still there; `undefined` where it is not. */
  readonly kept?: string;
}

/** Folders that are looked at once more, and those that may go. Their names are none of runs, so nobody else reads them. */
const ASIDE = '.pruning-';
const REMOVED = '.pruned-';

/**
 * Removes the folders of runs that have ended and of which the target has every record. A run stays as long as one of its children does, and
 * one of which something was refused stays too: the spool has the only copy.
 *
 * @returns What became of each run, children before their parents.
 * @throws `INVALID_ARGUMENT` for a target that is none, `SPOOL_UNUSABLE` where there is no spool, and what a target throws that is not there to
 * be asked.
 */
export async function prune(options: PruneOptions): Promise<PrunedRun[]> {
  const directory = resolve(options.directory);
  const { olderThan = 0, dryRun = false, onRun } = options;
  const warnings = new Warnings(options.onWarning);
  const target = openTarget(options.to, options.client, options.signal);
  if (!existsSync(directory)) {
    throw new MlflowError('SPOOL_UNUSABLE', {
      what: `There is no folder '${directory}'`,
      expected: 'the one that openTracker() wrote to',
    });
  }
  if (!dryRun) await tidy(directory);
  const keys = keysOf(directory);
  const headers = keys.map((key) => ({ key, parent: headerOf(join(directory, key))?.parent }));
  /** By key, a child that stays. */
  const children = new Map<string, string>();
  const runs: PrunedRun[] = [];
  for (const { run } of inTreeOrder(headers).reverse()) {
    const folder = join(directory, run.key);
    const bytes = await sizeOf(folder);
    const child = children.get(run.key);
    const kept =
      child !== undefined
        ? `its child '${child}' stays`
        : ((await reasonToKeep(folder, target, olderThan, warnings)) ??
          (dryRun ? undefined : await takeOut(directory, run.key, target, warnings)));
    if (kept !== undefined && run.parent !== undefined) children.set(run.parent, run.key);
    const pruned = { key: run.key, bytes, ...(kept !== undefined && { kept }) };
    runs.push(pruned);
    onRun?.(pruned);
  }
  return runs;
}

/** Ends what an earlier attempt began: what it did not look at once more is put back. */
async function tidy(directory: string): Promise<void> {
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    if (name.startsWith(REMOVED)) await remove(path);
    else if (name.startsWith(ASIDE)) renameSync(path, join(directory, name.slice(ASIDE.length)));
  }
}

async function reasonToKeep(folder: string, target: Target, olderThan: number, warnings: Warnings): Promise<string | undefined> {
  const written = segmentsOf(folder).map((segment) => statSync(segmentPath(folder, segment)).mtimeMs);
  if (Date.now() - Math.max(...written) < olderThan) return 'it was written not long ago';
  const reason = await reasonInside(folder, target, warnings);
  if (reason !== undefined) return reason;
  try {
    // The notes say that it has arrived. What lost its runs since does not have them.
    await target.open(headerOf(folder)!, await readProgress(folder, target.uri), () => {});
    return undefined;
  } catch (error) {
    if (isTransient(error)) throw error;
    return messageOf(error);
  }
}

/** Why a run must stay, as far as its folder tells. */
async function reasonInside(folder: string, target: Target, warnings: Warnings): Promise<string | undefined> {
  const progress = await readProgress(folder, target.uri);
  if (progress === undefined) return 'nothing of it was delivered there';
  if (progress.refused > 0) return `${progress.refused} of what it has was refused there`;
  const reader = new SpoolReader(folder, progress.position, warnings);
  const next = await reader.peek().finally(() => reader.close());
  if (next !== undefined) return 'not all of it has arrived there';
  if (!(await lifeOf(folder)).hasEnded) return 'it has not ended';
  return isDelivered(folder) ? 'it is being delivered' : undefined;
}

/** Removes a run. @returns why not, where somebody does something with it since. */
async function takeOut(directory: string, key: string, target: Target, warnings: Warnings): Promise<string | undefined> {
  const [folder, aside, removed] = [key, `${ASIDE}${key}`, `${REMOVED}${key}`].map((name) => join(directory, name));
  try {
    // From here on nobody finds it who does not have it.
    renameSync(folder, aside);
    const reason = await reasonInside(aside, target, warnings);
    renameSync(aside, reason === undefined ? removed : folder);
    if (reason === undefined) await remove(removed);
    return reason;
  } catch (error) {
    return messageOf(error);
  }
}

const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
