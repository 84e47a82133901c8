/** What a server has after a spool was delivered to it. */
import { FakeMlflow } from '../../mlflow-js-client/test/fake/server.js';
import type { StoredRun } from '../../mlflow-js-client/test/fake/tracking.js';
import { syncSpool } from 'mlflow-js-client/node';

export { FakeMlflow, type StoredRun };

/** Waits that a test can wait for. */
export const quick = { first: 1, limit: 20, jitter: 0 };

/** The runs of a spool, as a new server has them. */
export async function delivered(directory: string): Promise<StoredRun[]> {
  const server = await new FakeMlflow().start();
  const runs = await syncSpool({ directory, to: server.uri, backoff: quick });
  await server.kill();
  const failed = runs.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw new Error(failed.error);
  return [...server.tracking.runs.values()];
}

/** The points of a run by key, in the order of their steps: `[step, value]`. */
export function seriesOf(run: StoredRun): Record<string, (readonly [number, number])[]> {
  const series: Record<string, (readonly [number, number])[]> = {};
  for (const { key, step, value } of run.points) (series[key] ??= []).push([step, value]);
  for (const points of Object.values(series)) points.sort(([a], [b]) => a - b);
  return series;
}
