import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { build } from 'tsup';
import { expect, it } from 'vitest';
import config from '../tsup.config.js';
import { FakeMlflow } from './fake/server.js';
import { onlyRun, series, temporary } from './spool.js';

it('the built package finds the program of its thread: without it, it would deliver in silence without one', { timeout: 30_000 }, async () => {
  const place = temporary();
  const server = await new FakeMlflow().start();
  const outDir = join(place.path, 'dist');
  // As it is published, but for what it depends on, which nobody finds from there.
  await build({ ...config, config: false, dts: false, silent: true, noExternal: [/.*/], outDir });
  const { openTracker } = (await import(/* @vite-ignore */ pathToFileURL(join(outDir, 'node.js')).href)) as typeof import('../src/node.js');
  const programs: Promise<boolean>[] = [];
  // What it says first is that it is ready; one that cannot be loaded says nothing.
  const started = (worker: Worker): void => {
    programs.push(new Promise((resolve) => void worker.once('message', () => resolve(true)).once('exit', () => resolve(false))));
  };
  process.on('worker', started);
  const tracker = openTracker({ directory: join(place.path, 'spool'), uri: server.uri, interval: 1 });
  tracker.startRun().logMetric('loss', 1);
  expect(await tracker.close()).toBe(true);
  process.off('worker', started);
  expect(await Promise.all(programs)).toEqual([true]);
  expect(series(onlyRun(server), 'loss')).toEqual([{ step: 0, value: 1 }]);
  await server.kill();
  place.remove();
});
