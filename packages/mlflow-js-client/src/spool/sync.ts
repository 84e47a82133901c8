/** Delivers a whole spool, now: what the command `mlflow-spool sync` does. */
import { join, resolve } from 'node:path';
import PQueue from 'p-queue';
import type { ClientOptions } from '../client.js';
import { messageOf, MlflowError } from '../errors.js';
import { sleep, waitBefore, type Backoff } from '../http/backoff.js';
import { Warnings } from '../input/warnings.js';
import { Delivery, type Delivered } from './delivery.js';
import { keysOf } from './layout.js';
import { inTreeOrder } from './nesting.js';
import { openTarget } from './open-target.js';
import { headerOf } from './reader.js';
import { isTransient } from './refusals.js';
import type { Target } from './target.js';

export interface SyncOptions {
  /** The spool. */
  readonly directory: string;
  /** Where to: `http(s)://…`, or a path or `file:` URI for a tree `mlruns`. */
  readonly to: string;
  /** Runs by their keys. Default: all. */
  readonly keys?: readonly string[];
  /** Forget what is noted as delivered, because the server has lost it. Points that it does have are not sent twice. Default: `false`. */
  readonly again?: boolean;
  /** How often in a row a run may fail for reasons that pass. Default: 7. */
  readonly retries?: number;
  readonly backoff?: Backoff;
  /** More options of the client, which win over the environment. */
  readonly client?: Partial<ClientOptions>;
  /** Told, once for each thing, what was left out and why. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void;
  /** Told when a run is done with. */
  readonly onRun?: (run: SyncedRun) => void;
  readonly signal?: AbortSignal;
}

/** What became of a run. */
export interface SyncedRun extends Partial<Delivered> {
  readonly key: string;
  /** Why not all of it has arrived; `undefined` where it has. */
  readonly error?: string;
}

/** Runs on their way at once. */
const AT_ONCE = 4;

/**
 * Delivers every run of a spool, parents before their children, and exactly once: what arrived before, by this command or by the program that
 * wrote it, is not sent again.
 *
 * @returns What became of each run, in the order of the spool. One that fails does not keep the others.
 * @throws `INVALID_ARGUMENT` for a target that is none, `SPOOL_UNUSABLE` where there is no spool.
 */
export async function syncSpool(options: SyncOptions): Promise<SyncedRun[]> {
  const directory = resolve(options.directory);
  const target = openTarget(options.to, options.client, options.signal);
  const keys = options.keys ?? keysOf(directory);
  if (keys.length === 0) {
    throw new MlflowError('SPOOL_UNUSABLE', {
      what: `There are no runs in '${directory}'`,
      expected: 'the folder that openTracker() wrote to',
    });
  }
  const warnings = new Warnings(options.onWarning);
  const queue = new PQueue({ concurrency: AT_ONCE });
  const done = new Map<string, SyncedRun>();
  const one = async (key: string): Promise<void> => {
    const run = { key, ...(await deliverOne(join(directory, key), target, warnings, options)) };
    done.set(key, run);
    options.onRun?.(run);
  };
  for (const level of levelsOf(directory, keys)) await queue.addAll(level.map((key) => () => one(key)));
  return keys.map((key) => done.get(key)!);
}

/** The keys, parents before their children. */
function levelsOf(directory: string, keys: readonly string[]): string[][] {
  const levels: string[][] = [];
  for (const { run, depth } of inTreeOrder(keys.map((key) => ({ key, parent: headerOf(join(directory, key))?.parent })))) {
    (levels[depth] ??= []).push(run.key);
  }
  return levels;
}

async function deliverOne(folder: string, target: Target, warnings: Warnings, options: SyncOptions): Promise<Omit<SyncedRun, 'key'>> {
  const { retries = 7, backoff, signal, again } = options;
  const delivery = new Delivery(folder, target, warnings, again);
  try {
    for (let failures = 0, before = -1; ; ) {
      try {
        return await delivery.deliver();
      } catch (error) {
        // As long as something gets through, it is worth going on.
        failures = delivery.steps > before ? 1 : failures + 1;
        before = delivery.steps;
        if (signal?.aborted || !isTransient(error) || failures > retries) return { error: messageOf(error) };
        await sleep(waitBefore(failures, backoff), signal);
      }
    }
  } catch (error) {
    return { error: messageOf(error) };
  } finally {
    await delivery.close();
  }
}
