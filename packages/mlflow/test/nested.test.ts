/** Sweeps and trainings in phases: runs in a run, with and without a server. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { backupAndRestore } from '@gradus/callbacks';
import type { Callback } from '@gradus/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { recordsOf, summarize } from 'mlflow-js-client/node';
import { enableObservability, monitor, type MonitorOptions } from '../src/index.js';
import { data, temporary, trainer } from './parts.js';
import { delivered, FakeMlflow, seriesOf, type StoredRun } from './server.js';

let folder: ReturnType<typeof temporary>;
let told: string[];
beforeEach(() => {
  vi.stubEnv('MLFLOW_TRACKING_URI', '');
  folder = temporary();
  told = [];
});
afterEach(() => {
  vi.unstubAllEnvs();
  folder.remove();
});

const spool = (): string => join(folder.path, 'spool');
const observability = (options: MonitorOptions = {}) => enableObservability({ directory: spool(), traces: false, onMessage: (message) => told.push(message), ...options });
const fit = (callback: Callback, ...more: Callback[]) => trainer().fit(data(), { epochs: 2, run: false, handleSignals: false, callbacks: [callback, ...more] });
const parentOf = (run: StoredRun): string | undefined => run.tags.get('mlflow.parentRunId');
/** The runs by their names. */
const named = (runs: Iterable<StoredRun>): Record<string, StoredRun> => Object.fromEntries([...runs].map((run) => [run.name, run]));

it('a sweep: runs in a run, with no server; what arrives later is below the parent', async () => {
  const { nested } = observability({ experimentName: 'lines' });
  const sweep = { runName: 'sweep', description: '# Rates', params: { rates: [0.1, 0.2], apiKey: 'canary' }, tags: { team: 'a' } };
  const best = await nested(sweep, async ({ monitor, run }) => {
    const losses: number[] = [];
    for (const name of ['low', 'high']) losses.push((await fit(monitor({ runName: name }))).history.last.loss);
    run!.logMetrics({ best: Math.min(...losses) });
    return Math.min(...losses);
  });
  const runs = named(await delivered(spool()));
  expect(Object.keys(runs).sort()).toEqual(['high', 'low', 'sweep']);
  expect(runs.sweep).toMatchObject({ status: 'FINISHED', points: [{ key: 'best', value: best }] });
  expect(Object.fromEntries(runs.sweep.params)).toEqual({ rates: '[0.1,0.2]', apiKey: '***' });
  expect(Object.fromEntries(runs.sweep.tags)).toMatchObject({ 'mlflow.note.content': '# Rates', team: 'a', 'mlflow.source.type': 'LOCAL' });
  expect(parentOf(runs.sweep)).toBeUndefined();
  for (const name of ['low', 'high']) {
    expect(parentOf(runs[name])).toBe(runs.sweep.id);
    expect(runs[name]).toMatchObject({ status: 'FINISHED', experimentId: runs.sweep.experimentId });
    expect(seriesOf(runs[name]).loss.map(([step]) => step)).toEqual([0, 1]);
  }
});

it('phases in a sweep, of watched trainers, live, and in the experiment of the environment', async () => {
  const server = await new FakeMlflow().start();
  vi.stubEnv('MLFLOW_EXPERIMENT_NAME', 'named');
  await observability({ trackingUri: server.uri, patience: 30 }).nested('sweep', ({ nested }) =>
    nested('seed 1', async ({ watch }) => {
      const own = watch(trainer(), { runName: 'phase' });
      await own.fit(data(), { run: false });
    }),
  );
  const runs = named(server.tracking.runs.values());
  expect([parentOf(runs['seed 1']), parentOf(runs.phase)]).toEqual([runs.sweep.id, runs['seed 1'].id]);
  expect([...server.tracking.experiments.values()].map(({ name }) => name)).toEqual(['named']);
  await server.kill();
});

it('the parent of what failed has failed, and the error is passed on', async () => {
  const work = observability().nested('sweep', async ({ monitor }) => {
    await fit(monitor());
    throw new Error('no more');
  });
  await expect(work).rejects.toThrow('no more');
  const runs = named(await delivered(spool()));
  expect(runs.sweep.status).toBe('FAILED');
  expect(runs.sweep.tags.get('gradus.error')).toBe('no more');
  expect(runs.line.status).toBe('FINISHED');
});

it('a program that is started again goes on with the parent, and in it with the run that was cut off', async () => {
  const program = (broken: boolean) =>
    observability().nested({ runName: 'phases', key: 'phases' }, async ({ monitor }) => {
      const failing: Callback = { name: 'failing', onTrainBatchEnd: (_batch, _logs, { step }) => { if (broken && step === 12) throw new Error('power'); } };
      await fit(monitor({ runName: 'main' }), failing, backupAndRestore({ directory: pathToFileURL(join(folder.path, 'backup')), every: { steps: 5 } }));
    });
  await expect(program(true)).rejects.toThrow('power');
  await program(false);
  const runs = await delivered(spool());
  expect(runs.map(({ name, status }) => [name, status])).toEqual(expect.arrayContaining([['phases', 'FINISHED'], ['main', 'FINISHED']]));
  expect(runs).toHaveLength(2);
  const { phases, main } = named(runs);
  expect(parentOf(main)).toBe(phases.id);
  expect(main.tags.get('gradus.resumes')).toBe('1');
});

it('a worker process is given the key', { timeout: 60_000 }, async () => {
  await observability({ experimentName: 'lines' }).nested('sweep', ({ run }) => {
    const program = `
      import { monitor } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))};
      import { data, trainer } from ${JSON.stringify(join(import.meta.dirname, 'parts.ts'))};
      const [directory, parent] = process.argv.slice(1);
      await trainer().fit(data(), { run: false, callbacks: [monitor({ directory, parent })] });`;
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, spool(), run!.key], { encoding: 'utf8', cwd: join(import.meta.dirname, '..') });
    expect([status, stderr]).toEqual([0, expect.any(String)]);
  });
  const runs = named(await delivered(spool()));
  expect(parentOf(runs.line)).toBe(runs.sweep.id);
  expect(runs.line.experimentId).toBe(runs.sweep.experimentId);
});

it('MLFLOW_RUN_ID names the parent, as it names the first run of any program', async () => {
  vi.stubEnv('MLFLOW_RUN_ID', 'f00');
  await observability().nested('sweep', ({ monitor }) => fit(monitor()));
  await observability({ runId: 'b00' }).nested('another', ({ monitor }) => fit(monitor()));
  const headers: (string | undefined)[][] = [];
  for (const { key } of await summarize(spool())) for await (const record of recordsOf(join(spool(), key))) if (record.type === 'run') headers.push([record.runName, record.runId]);
  expect(headers.sort()).toEqual([['another', 'b00'], ['line', undefined], ['line', undefined], ['sweep', 'f00']]);
});

it('what goes wrong: a spool that cannot be made costs the page only, a mistake is told before the work', async () => {
  const runs: unknown[] = [];
  await observability({ directory: join(import.meta.filename, 'spool') }).nested('sweep', async ({ monitor, run }) => {
    runs.push(run, (await fit(monitor())).history.rows.length);
  });
  expect(runs).toEqual([null, 2]);
  expect(told[0]).toMatch(/^this run is not tracked: The spool '.*' cannot be made/);

  const never = (): never => { throw new Error('begun'); };
  const { nested } = observability();
  await expect(nested({ runName: 'x', key: '../x' }, never)).rejects.toThrow(/monitor cannot use its options.*A run needs another key/);
  await expect(nested({ runName: 'x', name: 'y' } as never, never)).rejects.toThrow(/INVALID_ARGUMENT/);
  await expect(nested({ runName: '' }, never)).rejects.toThrow(/INVALID_ARGUMENT/);
  await expect(fit(monitor({ directory: spool(), parent: 'none', onMessage: () => {} }))).rejects.toThrow(/The parent of a run must be in the same spool. Received: 'none'/);
  expect(() => monitor({ parent: '' })).toThrow("Option 'parent' of monitor is not usable");
});
