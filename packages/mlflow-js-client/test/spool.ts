/** Helpers of the tests of the spool. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTracker, syncSpool, type SyncedRun, type SyncOptions, type Tracker, type TrackerOptions } from '../src/node.js';
import type { FakeMlflow } from './fake/server.js';
import type { StoredPoint, StoredRun } from './fake/tracking.js';

/** A folder for one test. */
export const temporary = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'mlflow-spool-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** Waits that a test can wait for. */
export const quick = { first: 1, limit: 20, jitter: 0 };

/** A tracker that is impatient, with what it told. It delivers in this thread unless it is told otherwise: another takes a while to start. */
export function tracked(directory: string, options: TrackerOptions = {}): { readonly tracker: Tracker; readonly warnings: string[] } {
  const warnings: string[] = [];
  const tracker = openTracker({
    directory,
    uri: '',
    interval: 1,
    backoff: quick,
    thread: false,
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  return { tracker, warnings };
}

/** A sync that is impatient, with what it told. */
export async function synced(
  directory: string,
  to: string,
  options: Partial<SyncOptions> = {},
): Promise<{ runs: SyncedRun[]; warnings: string[] }> {
  const warnings: string[] = [];
  const runs = await syncSpool({ directory, to, backoff: quick, onWarning: (message) => warnings.push(message), ...options });
  return { runs, warnings };
}

/** The only run of a server. */
export function onlyRun(server: FakeMlflow): StoredRun {
  const runs = [...server.tracking.runs.values()];
  if (runs.length !== 1) throw new Error(`the server has ${runs.length} runs`);
  return runs[0];
}

/** The points of a metric by step, as the server has them. */
export const series = (run: StoredRun, key: string): { step: number; value: number }[] =>
  run.points
    .filter((point: StoredPoint) => point.key === key)
    .map(({ step, value }) => ({ step, value }))
    .sort((a, b) => a.step - b.step);
