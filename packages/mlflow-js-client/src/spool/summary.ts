/** What a spool holds, in few words. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RunStatus } from '../api/entities.js';
import { MlflowError } from '../errors.js';
import { Warnings } from '../input/warnings.js';
import { keysOf, START } from './layout.js';
import { Life } from './life.js';
import type { Progress } from './progress.js';
import { SpoolReader } from './reader.js';

export interface RunSummary {
  readonly key: string;
  /** The key of the run that this one is nested in. */
  readonly parent?: string;
  readonly experiment: string;
  readonly name: string;
  /** `RUNNING` too where the program ended without saying so. */
  readonly status: RunStatus;
  /** It says `RUNNING`, and its process on this machine is no more. */
  readonly cutOff: boolean;
  readonly startTime: number;
  readonly points: number;
  /** By name, the last point of each. */
  readonly metrics: Readonly<Record<string, { readonly value: number; readonly step: number }>>;
  readonly params: Readonly<Record<string, string>>;
  readonly artifacts: number;
  /** How much of the spool each target has, from 0 to 1. */
  readonly delivered: readonly { readonly target: string; readonly runId: string; readonly share: number; readonly refused: number }[];
}

/**
 * Reads a spool.
 *
 * @throws `SPOOL_UNUSABLE` where there is none.
 */
export async function summarize(directory: string): Promise<RunSummary[]> {
  const keys = keysOf(directory);
  if (keys.length === 0) {
    throw new MlflowError('SPOOL_UNUSABLE', {
      what: `There are no runs in '${resolve(directory)}'`,
      expected: 'the folder that openTracker() wrote to',
    });
  }
  const runs = [];
  for (const key of keys) runs.push(await summarizeRun(join(directory, key), key));
  return runs;
}

async function summarizeRun(folder: string, key: string): Promise<RunSummary> {
  const reader = new SpoolReader(folder, START, new Warnings(() => {}));
  const targets = await progressOf(folder);
  const shares = new Map(targets.map(({ target }) => [target, 0]));
  const metrics: Record<string, { value: number; step: number }> = {};
  const params: Record<string, string> = {};
  let parent: string | undefined;
  const life = new Life();
  let [experiment, name, startTime, points, artifacts, bytes] = ['?', '', 0, 0, 0, 0];
  for (let item = await reader.peek(); item !== undefined; item = await reader.peek()) {
    const { record, segment, end } = item;
    reader.skip();
    bytes += item.bytes;
    for (const { target, position } of targets)
      if (end <= (position[segment - 1] ?? 0)) shares.set(target, shares.get(target)! + item.bytes);
    life.read(record);
    if (record.type === 'run') {
      experiment = record.experimentName ?? `id ${record.experimentId ?? ''}`;
      name = record.runName ?? '';
      startTime = record.startTime;
      parent = record.parent;
    } else if (record.type === 'update') name = record.runName ?? name;
    else if (record.type === 'metrics') {
      points += record.metrics.length;
      for (const { key: metric, value, step } of record.metrics) metrics[metric] = { value, step };
    } else if (record.type === 'params') for (const param of record.params) params[param.key] ??= param.value;
    else if (record.type === 'artifact') artifacts++;
    else if (record.type === 'model') artifacts += record.files.length;
  }
  await reader.close();
  const delivered = targets.map(({ target, runId, refused }) => ({
    target,
    runId,
    refused,
    share: bytes === 0 ? 0 : shares.get(target)! / bytes,
  }));
  return {
    key,
    ...(parent !== undefined && { parent }),
    experiment,
    name,
    status: life.status,
    cutOff: life.isCutOff,
    startTime,
    points,
    metrics,
    params,
    artifacts,
    delivered,
  };
}

async function progressOf(folder: string): Promise<Progress[]> {
  const names = await readdir(join(folder, 'delivered')).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json'));
  return Promise.all(files.sort().map(async (name) => JSON.parse(await readFile(join(folder, 'delivered', name), 'utf8')) as Progress));
}
