/** A run that is killed and goes on has the same series as one that was never disturbed: no point missing, none there twice. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporary } from './parts.js';
import { delivered, FakeMlflow, seriesOf } from './server.js';

let folder: ReturnType<typeof temporary>;
beforeEach(() => (folder = temporary()));
afterEach(() => folder.remove());

/** Trains in a process of its own. @returns the signal that ended it, or `null`. */
const train = (name: string, uri: string, killAt = 0): Promise<NodeJS.Signals | null> =>
  new Promise((resolve, reject) => {
    const program = join(import.meta.dirname, 'crash-run.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', program, join(folder.path, name), uri, String(killAt)], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    child.on('close', (code, signal) => (code === 0 || signal !== null ? resolve(signal) : reject(new Error(said))));
  });

it('killed four times, with the server gone for a while', { timeout: 300_000 }, async () => {
  // A store of files keeps a point that is sent twice, twice.
  const server = await new FakeMlflow({ backend: 'file' }).start();
  const whole = train('whole', '');
  expect(await train('killed', server.uri, 470)).toBe('SIGKILL');
  expect([...server.tracking.runs.values()][0].points.length).toBeGreaterThan(0);
  // Behind the backup of step 448, whose steps happen again; then two at the same place, the second with no server.
  expect(await train('killed', server.uri, 500)).toBe('SIGKILL');
  await server.kill();
  expect(await train('killed', server.uri, 500)).toBe('SIGKILL');
  await server.start();
  expect(await train('killed', server.uri, 799)).toBe('SIGKILL');
  expect(await train('killed', server.uri)).toBe(null);
  await server.kill();
  await whole;

  const [run, ...others] = [...server.tracking.runs.values()];
  expect(others).toEqual([]);
  expect(run).toMatchObject({ status: 'FINISHED' });
  expect(run.tags.get('gradus.resumes')).toBe('4');
  const expected = seriesOf((await delivered(join(folder.path, 'whole', 'spool')))[0]);
  const here = seriesOf(run);
  expect(expected['batch/loss'].map(([step]) => step)).toEqual(Array.from({ length: 800 }, (_, i) => i + 1));
  expect(Object.keys(here).sort()).toEqual(Object.keys(expected).sort());
  for (const name of Object.keys(expected)) expect.soft(isDeepStrictEqual(here[name], expected[name]), name).toBe(true);
  const traces = [...server.modelsAndTraces.traces.values()].map(({ tags }) => tags['mlflow.traceName']).filter((name) => name.includes('epoch'));
  expect(traces.sort()).toEqual(Array.from({ length: 100 }, (_, epoch) => `line epoch ${epoch}`).sort());
  // The training itself is the same too.
  const history = (name: string): string => {
    const [id] = readdirSync(join(folder.path, name, 'line'));
    return readFileSync(join(folder.path, name, 'line', id, 'history.csv'), 'utf8');
  };
  expect(history('killed')).toBe(history('whole'));
});
