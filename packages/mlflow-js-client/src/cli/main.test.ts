import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from 'citty';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeMlflow } from '../../test/fake/server.js';
import { onlyRun, series, synced, temporary, tracked } from '../../test/spool.js';
import { encode, FORMAT } from '../spool/records.js';
import { main } from './main.js';
import { table } from './table.js';
import { milliseconds, size } from './units.js';

let place: ReturnType<typeof temporary>;
let server: FakeMlflow;
beforeEach(async () => {
  place = temporary();
  server = await new FakeMlflow().start();
});
afterEach(async () => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await server.kill();
  place.remove();
});

async function command(...rawArgs: string[]): Promise<{ out: string; error: string; code: number }> {
  const out = vi.spyOn(console, 'log').mockImplementation(() => {});
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  await runCommand(main, { rawArgs });
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  const text = (spy: typeof out) => spy.mock.calls.map((words) => words.join(' ')).join('\n');
  const result = { out: text(out), error: text(error), code };
  vi.restoreAllMocks();
  return result;
}

async function twoRuns(): Promise<void> {
  const { tracker } = tracked(place.path);
  const first = tracker.startRun({ key: 'first', experimentName: 'demo', runName: 'a', params: { lr: 0.1 } });
  for (let step = 0; step < 10; step++) first.logMetrics({ loss: 1 / (step + 3), accuracy: step / 10 }, { step });
  first.logContent('x', 'x.txt');
  first.rename('renamed');
  first.end('FAILED');
  tracker.startRun({ key: 'second', experimentId: '7' });
  await tracker.close();
}

it('show: what is in a spool, as a table and as JSON', async () => {
  await twoRuns();
  await synced(place.path, server.uri, { keys: ['first'] });
  tracked(place.path).tracker.resumeRun('first').logMetric('more', NaN);
  const { out, code } = await command('show', place.path);
  expect(code).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toMatch(/^run +experiment +name +status +points +last +files +delivered$/);
  expect(lines[1]).toMatch(/^first +demo +renamed +RUNNING +21 +loss 0.08333, accuracy 0.9, more NaN +1 +http:\S+ \d\d %$/);
  expect(lines[2]).toMatch(/^second +id 7 +RUNNING +0 +0 +nowhere$/);
  expect(lines.at(-1)).toBe(`Deliver them with: npx mlflow-spool sync ${place.path} --to http://host:port`);
  const runs = JSON.parse((await command('show', place.path, '--json')).out) as object[];
  expect(runs[0]).toMatchObject({ key: 'first', points: 21, params: { lr: '0.1' }, metrics: { loss: { step: 9 } }, delivered: [{ target: server.uri, refused: 0 }] });
});

it('sync: delivers, tells each run, and counts failures in its exit code', async () => {
  await twoRuns();
  vi.stubEnv('MLFLOW_HTTP_REQUEST_MAX_RETRIES', '0');
  const { out, code } = await command('sync', place.path, '--to', server.uri);
  expect(code).toBe(1);
  expect(out.split('\n').sort()).toEqual([
    '1 delivered, 1 failed',
    expect.stringMatching(/^first {2}run [0-9a-f]{32}: 20 points and 1 artifacts sent$/),
    expect.stringMatching(/^second {2}FAILED {2}.*No Experiment with id=7 exists/),
  ]);
  expect(series(onlyRun(server), 'accuracy')).toHaveLength(10);
  vi.stubEnv('MLFLOW_TRACKING_URI', server.uri);
  expect((await command('sync', place.path)).out).toContain('0 points and 0 artifacts sent');
  const files = await command('sync', place.path, '--to', join(place.path, 'mlruns'));
  expect(files.out).toContain(`MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri '${place.path}/mlruns'`);
});

it('nested runs stand below their parents, and those that are cut off are named, and ended when that is asked for', async () => {
  const writer = { host: hostname(), pid: 2 ** 22 + 1, started: '1' };
  const written = [['z', undefined, writer], ['a', 'z', undefined], ['b', 'a', undefined]] as const;
  for (const [key, parent, by] of written) {
    mkdirSync(join(place.path, key));
    writeFileSync(join(place.path, key, '000001.jsonl'), encode({ type: 'run', format: FORMAT, key, experimentName: 'demo', startTime: 1, tags: [], parent, writer: by }));
  }
  const { out } = await command('show', place.path);
  const lines = out.split('\n');
  expect(lines.slice(1, 4)).toEqual([expect.stringMatching(/^z +demo +cut off /), expect.stringMatching(/^ {2}a +demo +RUNNING /), expect.stringMatching(/^ {4}b +demo +RUNNING /)]);
  expect(lines.at(-1)).toBe('To end those that are cut off as KILLED, add --end-cut-off');
  expect((await command('sync', place.path, '--to', server.uri, '--end-cut-off')).out.split('\n')[0]).toBe('z  was cut off: KILLED');
  expect([...server.tracking.runs.values()].map(({ status }) => status).sort()).toEqual(['KILLED', 'RUNNING', 'RUNNING']);
  expect((await command('show', place.path)).out).not.toContain('cut off');
});

it('prune: tells what goes and what stays', async () => {
  await twoRuns();
  await synced(place.path, server.uri, { keys: ['first'] });
  const shape = /^second {2}kept: nothing of it was delivered there\nfirst {2}(\d\.\d kB)\n1 (would be )?removed, \1 \2?freed, 1 kept$/;
  expect((await command('prune', place.path, '--to', server.uri, '--dry-run')).out).toMatch(shape);
  expect((await command('prune', place.path, '--to', server.uri, '--older-than', '1h')).out).toContain('0 removed, 0 B freed, 2 kept');
  expect(existsSync(join(place.path, 'first'))).toBe(true);
  expect((await command('prune', place.path, '--to', server.uri)).out).toMatch(shape);
  expect(existsSync(join(place.path, 'first'))).toBe(false);
  expect(await command('prune', place.path, '--to', server.uri, '--older-than', 'soon')).toMatchObject({ code: 1, error: expect.stringContaining("Received: 'soon'") });
});

it('mistakes are sentences', async () => {
  vi.stubEnv('MLFLOW_TRACKING_URI', '');
  expect(await command('show', join(place.path, 'none'))).toMatchObject({ code: 1, error: expect.stringContaining('There are no runs in') });
  expect(await command('sync', place.path)).toMatchObject({ code: 1, error: 'Where to? Give --to or MLFLOW_TRACKING_URI.' });
  expect(await command('sync', place.path, '--to', server.uri)).toMatchObject({ code: 1, error: expect.stringContaining('SPOOL_UNUSABLE') });
});

it('--help of the program itself', async () => {
  const bin = fileURLToPath(new URL('../bin.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), bin, 'sync', '--help'], { env: { ...process.env, NO_COLOR: '1' } });
  let out = '';
  child.stdout.on('data', (data) => (out += data));
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  expect(out).toMatch(/mlflow-spool sync[^]*--to[^]*MLFLOW_TRACKING_URI[^]*--end-cut-off[^]*--again/);
});

it('times and sizes', () => {
  expect(['0s', '90s', '1.5m', '2h', '30d', '1w'].map(milliseconds)).toEqual([0, 90_000, 90_000, 7_200_000, 2_592_000_000, 604_800_000]);
  for (const text of ['', '5', 'd', '-1d', '1 d', '1y', '1e3s']) expect(() => milliseconds(text)).toThrow('INVALID_ARGUMENT');
  expect([0, 999, 1000, 1_240_000, 999_949, 999_950, 3e9, 5e15].map(size)).toEqual(['0 B', '999 B', '1.0 kB', '1.2 MB', '999.9 kB', '1.0 MB', '3.0 GB', '5000.0 TB']);
});

it('numbers stand to the right', () => {
  expect(table(['a', 'count'], [['x', '5'], ['long', '10']])).toBe('a     count\nx         5\nlong     10');
});
