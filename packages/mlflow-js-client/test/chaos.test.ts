/** A small version of the chaos that `npm run test:mlflow` makes with a real server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ChaosClient } from './chaos/chaos.js';
import { FakeMlflow } from './fake/server.js';
import { onlyRun, series, synced, temporary } from './spool.js';

const POINTS = 6000;

it('process and server are killed again and again, and every point arrives once', { timeout: 60_000 }, async () => {
  const place = temporary();
  // A server on files: what is sent twice is there twice.
  const server = await new FakeMlflow({ backend: 'file' }).start();
  const client = new ChaosClient(place.path, server.uri, 'chaos', POINTS);
  let batches = 0;
  let serverKills = 0;
  let restarting = Promise.resolve();
  const restart = async (): Promise<void> => {
    serverKills++;
    await server.kill();
    await sleep(15);
    await server.start();
  };
  server.faults.push(({ path }) => {
    if (!path.endsWith('log-batch')) return undefined;
    batches++;
    // Before and after the work is done, in turn.
    const when = batches % 2 === 0 ? ('before' as const) : ('after' as const);
    if ([4, 8].includes(batches)) client.kill();
    else if (batches % 4 === 1 || batches % 4 === 2) setImmediate(() => void (restarting = restarting.then(restart)));
    else return undefined;
    return { when, what: 'close' };
  });
  await client.run();
  server.faults.length = 0;
  await restarting;
  const { runs } = await synced(place.path, server.uri);
  expect(runs[0].error).toBeUndefined();
  expect(series(onlyRun(server), 'loss')).toEqual(Array.from({ length: POINTS }, (_, step) => ({ step, value: Math.sin(step) })));
  expect(onlyRun(server)).toMatchObject({ status: 'FINISHED', params: new Map([['total', String(POINTS)]]) });
  expect({ processKills: client.kills, enoughServerKills: serverKills >= 4 }).toEqual({ processKills: 2, enoughServerKills: true });
  await server.kill();
  place.remove();
});
