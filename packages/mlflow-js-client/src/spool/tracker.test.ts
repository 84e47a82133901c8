import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMlflow } from '../../test/fake/server.js';
import { onlyRun, quick, series, synced, temporary, tracked } from '../../test/spool.js';
import { openTracker } from '../node.js';

let place: ReturnType<typeof temporary>;
beforeEach(() => (place = temporary()));
afterEach(() => {
  vi.unstubAllEnvs();
  place.remove();
});

/** A port where nobody listens. */
async function nowhere(): Promise<FakeMlflow> {
  const server = await new FakeMlflow({ backend: 'file' }).start();
  await server.kill();
  return server;
}

describe('training goes on', () => {
  it('where the server is never there: one warning, and the command that delivers it all later', async () => {
    const server = await nowhere();
    const { tracker, warnings } = tracked(place.path, { uri: server.uri });
    const run = tracker.startRun({ params: { lr: 0.1 } });
    for (let step = 0; step < 3000; step++) {
      run.logMetric('loss', step, { step });
      if (step % 300 === 0) await sleep(3);
    }
    run.end();
    expect(await tracker.close({ timeout: 50 })).toBe(false);
    const command = `npx mlflow-spool sync ${place.path} --to ${server.uri}`;
    expect(warnings).toEqual([
      expect.stringMatching(/^runs are not delivered at the moment .*ECONNREFUSED/),
      `not everything has arrived at ${server.uri}; send the rest later with: ${command}`,
    ]);
    expect(warnings[0]).toContain(command);
    await server.start();
    expect((await synced(place.path, server.uri)).runs[0]).toMatchObject({ points: 3000 });
    expect(series(onlyRun(server), 'loss')).toHaveLength(3000);
    await server.kill();
  });

  it('where the server comes and goes', async () => {
    const server = await new FakeMlflow({ backend: 'file' }).start();
    const { tracker, warnings } = tracked(place.path, { uri: server.uri });
    const run = tracker.startRun();
    for (let round = 0; round < 6; round++) {
      if (round % 2 === 0) await server.kill();
      else await server.start();
      for (let step = round * 500; step < (round + 1) * 500; step++) run.logMetric('loss', step, { step });
      await sleep(20);
    }
    expect(await tracker.close()).toBe(true);
    expect(series(onlyRun(server), 'loss')).toEqual(Array.from({ length: 3000 }, (_, step) => ({ step, value: step })));
    expect(warnings).toHaveLength(1);
    await server.kill();
  });

  it('where the server answers nothing at all, and a close has an end', async () => {
    const server = await new FakeMlflow().start();
    server.faults.push(() => ({ when: 'before', what: 'hang' }));
    const { tracker, warnings } = tracked(place.path, { uri: server.uri });
    tracker.startRun().logMetric('loss', 1);
    const began = performance.now();
    expect(await tracker.close({ timeout: 60 })).toBe(false);
    expect(performance.now() - began).toBeLessThan(2000);
    // The request that is called off is no trouble.
    expect(warnings).toEqual([expect.stringContaining('not everything has arrived')]);
    await server.kill();
  });

  it('where the credentials are wrong', async () => {
    const server = await new FakeMlflow({ basic: { username: 'a', password: 'pass' } }).start();
    const { tracker, warnings } = tracked(place.path, { uri: server.uri });
    const run = tracker.startRun();
    for (let i = 0; i < 3000; i++) run.logMetric('loss', i, { step: i });
    await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 4000 });
    expect(warnings).toEqual([expect.stringMatching(/MLFLOW_TRACKING_USERNAME.*tried again now and then/)]);
    expect(server.received.length).toBeLessThan(3);
    await tracker.close({ timeout: 0 });
    await server.kill();
  });

  it('whatever is logged', async () => {
    const { tracker, warnings } = tracked(place.path);
    const run = tracker.startRun();
    const wrong = [undefined, null, 3, 'x', { key: 1 }, [null]] as never[];
    for (const value of wrong) {
      run.log(value);
      run.logMetrics(value);
      run.logParams(value);
      run.setTags(value);
      run.deleteTag(value);
      run.rename(value);
      run.logInputs(value);
      run.logOutputs(value);
      run.logContent(value, value);
      run.logTrace(value);
      run.end(value, value);
      await run.logArtifact(value);
      await run.logArtifacts(value);
      await run.logModel(value, value);
    }
    run.logInputs({ datasets: [{ dataset: { name: 'd', digest: 'x'.repeat(40), sourceType: 'local', source: '' } }] });
    expect(warnings.join('\n')).toContain("The digest of dataset 'd' is not usable");
    run.logMetric('still', 1);
    await tracker.close();
    const server = await new FakeMlflow().start();
    const { runs } = await synced(place.path, server.uri);
    expect(runs[0].error).toBeUndefined();
    expect(series(onlyRun(server), 'still')).toHaveLength(1);
    await server.kill();
  });

  it('and takes no memory, where the server is away for an hour', { timeout: 60_000 }, async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const server = await nowhere();
    let attempts = 0;
    const fetchAndCount: typeof fetch = (...given) => {
      attempts++;
      return fetch(...given);
    };
    const { tracker, warnings } = tracked(place.path, { uri: server.uri, backoff: { first: 1, limit: 1, jitter: 0 }, client: { fetch: fetchAndCount as never } });
    const run = tracker.startRun();
    const minute = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) run.logMetrics({ loss: Math.sin(i), accuracy: Math.cos(i), rate: 1e-3 }, { step: i });
      for (const seen = attempts; attempts === seen; ) await sleep(1);
    };
    // An hour has 60 attempts, because they are a minute apart by then; here each minute has 500 steps of three metrics.
    for (let i = 0; i < 10; i++) await minute(500);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 60; i++) await minute(500);
    collect();
    const grown = process.memoryUsage().heapUsed - before;
    const written = statSync(join(run.folder, '000001.jsonl')).size;
    expect(written).toBeGreaterThan(5e6);
    expect(grown).toBeLessThan(written / 5);
    expect(warnings).toHaveLength(1);
    await tracker.close({ timeout: 0 });
  });
});

it('without a server the spool is alone, and a message says how to see it', async () => {
  vi.stubEnv('MLFLOW_TRACKING_URI', '');
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const directory = join(place.path, 'my runs');
  const tracker = openTracker({ directory });
  tracker.startRun().logMetric('loss', 1);
  expect(await tracker.close()).toBe(false);
  expect(warned.mock.calls).toEqual([[`mlflow-js-client: no server is named, so runs are kept in '${directory}'; see them with: npx mlflow-spool show '${directory}'`]]);
  warned.mockRestore();
});

it('the environment names server and experiment', async () => {
  const server = await new FakeMlflow().start();
  vi.stubEnv('MLFLOW_TRACKING_URI', server.uri);
  vi.stubEnv('MLFLOW_EXPERIMENT_NAME', 'from the environment');
  const tracker = openTracker({ directory: place.path, interval: 1, backoff: quick });
  tracker.startRun();
  expect(await tracker.close()).toBe(true);
  expect([...server.tracking.experiments.values()].map(({ name }) => name)).toEqual(['from the environment']);
  await server.kill();
});

it('a place where nothing can be written is refused before anything is trained', () => {
  writeFileSync(join(place.path, 'file'), '');
  expect(() => openTracker({ directory: join(place.path, 'file/spool'), uri: '' })).toThrow(/cannot be made.*\[SPOOL_UNUSABLE\]/);
  expect(() => openTracker({ directory: place.path, uri: 'sqlite:///mlflow.db' })).toThrow(/mlflow server/);
  expect(readdirSync(place.path)).toEqual(['file']);
});
