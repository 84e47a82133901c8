import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { VERSION, type Callback, type FitOptions, type FitResult } from '@gradus/core';
import { callbackChecks, pluginChecks } from '@gradus/testing';
import { openTracker, type SpooledRun } from 'mlflow-js-client/node';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { data, temporary, trainer, validationData } from '../test/parts.js';
import { delivered, seriesOf, type StoredRun } from '../test/server.js';
import { mlflowPlugin, monitor, type MonitorOptions } from './index.js';

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
const monitored = (options: MonitorOptions = {}): Callback => monitor({ directory: spool(), onMessage: (message) => told.push(message), ...options });
const fit = (options: MonitorOptions = {}, more: FitOptions = {}): Promise<FitResult> =>
  trainer().fit(data(), { epochs: 3, validationData: validationData(), run: { directory: folder.path }, handleSignals: false, ...more, callbacks: [monitored(options), ...(more.callbacks ?? [])] });
const onlyRun = async (): Promise<StoredRun> => {
  const runs = await delivered(spool());
  expect(runs).toHaveLength(1);
  return runs[0];
};

describe('what a run says of itself', () => {
  it('params: the run, its parts, the data, and any configuration of the user', async () => {
    await fit({ params: { schedule: { warmup: 10, rates: [0.1, 0.2] }, apiKey: 'canary', epochs: 'three' } });
    const { params } = await onlyRun();
    expect(Object.fromEntries(params)).toEqual({
      'model.name': 'line', 'model.parameters': '2', seed: '3', epochs: 'three', stepsPerEpoch: '8', samplesPerEpoch: '32',
      optimizer: 'sgd', gradient: 'autodiff', engine: 'js', 'hyperparameters.learningRate': '0.1',
      'data.size': '32', 'data.batchSize': '4', 'data.digest': (await data().fingerprint!()).slice(0, 12),
      'validation.size': '8', 'validation.batchSize': '8', 'validation.digest': (await validationData().fingerprint!()).slice(0, 12),
      'versions.gradus': VERSION, 'versions.node': process.versions.node,
      'schedule.warmup': '10', 'schedule.rates': '[0.1,0.2]', apiKey: '***',
    });
  });

  it('tags: commit, source, user, folder, how it ended, and those of the user', async () => {
    const { folder: path } = await fit({ tags: { team: 'a' }, description: '# Lines', parentRunId: 'f00' });
    const run = await onlyRun();
    const git = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' });
    expect(Object.fromEntries(run.tags)).toMatchObject({
      'mlflow.user': userInfo().username, 'mlflow.source.type': 'LOCAL', 'mlflow.note.content': '# Lines', 'mlflow.parentRunId': 'f00',
      ...(git.status === 0 && { 'mlflow.source.git.commit': git.stdout.trim() }),
      'gradus.resumes': '0', 'gradus.folder': path, 'gradus.stop': 'All 3 epochs are done.', team: 'a',
    });
    expect(run).toMatchObject({ name: `line ${path!.split('/').at(-1)}`, status: 'FINISHED' });
  });

  it('the experiment: the option, else the environment, else the model', async () => {
    const nameOf = async (options: MonitorOptions, env: string): Promise<string> => {
      vi.stubEnv('MLFLOW_EXPERIMENT_NAME', env);
      const directory = join(folder.path, env + String(options.experimentName));
      await fit({ ...options, directory });
      return JSON.parse(readFileSync(join(directory, readdirSync(directory)[0], '000001.jsonl'), 'utf8').split('\n')[0].slice(9)).experimentName as string;
    };
    expect([await nameOf({ experimentName: 'mine' }, 'theirs'), await nameOf({}, 'theirs'), await nameOf({}, '')]).toEqual(['mine', 'theirs', 'line']);
  });
});

describe('series', () => {
  it('of epochs: the history, at the numbers of the epochs', async () => {
    const { history } = await fit();
    const series = seriesOf(await onlyRun());
    const expected = Object.fromEntries(history.names.map((name) => [name, history.rows.map(({ epoch, logs }) => [epoch, logs[name]])]));
    expect(Object.keys(expected).sort()).toEqual(['distance', 'loss', 'val_distance', 'val_loss']);
    expect(series).toEqual({ ...expected, 'hyperparameter/learningRate': [[0, 0.1], [1, 0.1], [2, 0.1]] });
  });

  it.each([1, 3])('of steps, every %i: what each reported, at its number', async (stride) => {
    const seen: [number, number][] = [];
    const watch: Callback = { name: 'watch', onTrainBatchEnd: (_b, { loss }, { step }) => void (step % stride === 0 && seen.push([step, loss])) };
    await fit({ logSteps: stride === 1 ? true : stride }, { callbacks: [watch] });
    const series = seriesOf(await onlyRun());
    expect(seen).toHaveLength(24 / stride);
    expect(series['batch/loss']).toEqual(seen);
    expect(series['batch/distance'].map(([step]) => step)).toEqual(seen.map(([step]) => step));
  });

  it('every fit is a run of its own; epochs and steps go on', async () => {
    const own = trainer();
    const callback = monitored({ logSteps: true });
    for (let round = 0; round < 2; round++) await own.fit(data(), { epochs: 2, run: false, callbacks: [callback] });
    const runs = (await delivered(spool())).map(seriesOf).sort((a, b) => a.loss[0][0] - b.loss[0][0]);
    expect(runs.map(({ loss }) => loss.map(([epoch]) => epoch))).toEqual([[0, 1], [2, 3]]);
    expect(runs.map((series) => series['batch/loss'].map(([step]) => step))).toEqual([16, 32].map((last) => Array.from({ length: 16 }, (_, i) => last - 15 + i)));
  });

  it('does not ask for single steps', async () => {
    const executions: number[] = [];
    await fit({ logSteps: true }, { stepsPerExecution: 4, callbacks: [{ name: 'watch', onTrainBatchEnd: (batch, _logs, context) => {
      try {
        void context.params;
        executions.push(batch);
      } catch {
        // Inside of an execution.
      }
    } }] });
    expect(executions.length).toBe(0);
  });
});

describe('endings', () => {
  const status = async (): Promise<[string, string | undefined]> => {
    const run = await onlyRun();
    return [run.status, run.tags.get('gradus.stop') ?? run.tags.get('gradus.error')];
  };

  it('a stop that was asked for', async () => {
    await fit({}, { callbacks: [{ name: 'stopper', onEpochEnd: (_e, _l, context) => context.stop('enough') }] });
    expect(await status()).toEqual(['FINISHED', 'enough']);
  });

  it('Ctrl-C', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await fit({}, { handleSignals: true, callbacks: [{ name: 'signal', onEpochEnd: () => void process.emit('SIGINT', 'SIGINT') }] });
    write.mockRestore();
    expect(await status()).toEqual(['KILLED', 'SIGINT after step 8.']);
  });

  it.each(['onEpochEnd', 'onTrainEnd'] as const)('a failure in %s of another callback', async (hook) => {
    const failing: Callback = { name: 'failing', [hook]: () => { throw new Error('broken'); } };
    await expect(fit({}, { callbacks: [failing] })).rejects.toThrow('broken');
    const [state, message] = await status();
    expect(state).toBe('FAILED');
    if (hook === 'onEpochEnd') expect(message).toContain("Callback 'failing' threw in onEpochEnd");
  });

  it('process.exit() in the middle', { timeout: 60_000 }, async () => {
    const program = `
      import { monitor } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      import { data, trainer } from ${JSON.stringify(join(import.meta.dirname, '../test/parts.ts'))};
      const leave = { name: 'leave', onTrainBatchEnd: (b, l, { step }) => { if (step === 11) process.exit(3); } };
      await trainer().fit(data(), { epochs: 3, run: false, callbacks: [monitor({ directory: ${JSON.stringify(spool())}, logSteps: true }), leave] });`;
    const { status: code, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { encoding: 'utf8', cwd: join(import.meta.dirname, '..') });
    expect(stderr).toContain('monitor: no server is named');
    expect(code).toBe(3);
    const run = await onlyRun();
    expect(run.status).toBe('FAILED');
    expect(seriesOf(run)['batch/loss'].map(([step]) => step)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
  });
});

it('a snapshot waits for the disk: a backup never knows of points that a loss of power takes from the spool', async () => {
  const forced: string[] = [];
  const written = (): string => readdirSync(spool()).map((key) => readFileSync(join(spool(), key, '000001.jsonl'), 'utf8')).join('');
  const other = openTracker({ directory: join(folder.path, 'other'), onWarning: () => {} });
  const sync = vi.spyOn(Object.getPrototypeOf(other.startRun()) as SpooledRun, 'sync').mockImplementation(() => void forced.push(written()));
  await other.close();
  const known: string[] = [];
  const backup: Callback = { name: 'backup', onTrainBatchEnd: (_batch, _logs, context) => void (context.step % 5 === 0 && context.snapshot(() => void known.push(forced.at(-1)!))) };
  await fit({ logSteps: true }, { callbacks: [backup] });
  sync.mockRestore();
  expect(known).toHaveLength(4);
  for (const [i, text] of known.entries()) expect([...text.matchAll(/"batch\/loss",[^\]]*,(\d+)\]/g)].map(([, step]) => Number(step)), `${i}`).toEqual(Array.from({ length: 5 * (i + 1) }, (_, step) => step + 1));
});

describe('what goes wrong', () => {
  it('without a server it says how to see the spool', async () => {
    await fit();
    expect(told).toEqual([`no server is named, so runs are kept in '${spool()}'; see them with: npx mlflow-spool show ${spool()}`]);
  });

  it('a spool that cannot be made: the training goes on', async () => {
    const { history } = await fit({ directory: join(import.meta.filename, 'spool') });
    expect(history.rows).toHaveLength(3);
    expect(told).toEqual([expect.stringMatching(/^this run is not tracked: The spool '.*' cannot be made/)]);
  });

  it('parts of the page that fail are counted, and told at the end', async () => {
    const broken = data();
    broken.fingerprint = () => { throw new Error('no digest'); };
    await trainer().fit(broken, { run: false, callbacks: [monitored()] });
    expect(told.at(-1)).toBe('2 things were not tracked; first params: no digest');
    expect((await onlyRun()).status).toBe('FINISHED');
  });

  it.each([
    [{ trackingUri: 'sqlite:///mlflow.db' }, "Option 'trackingUri' of monitor is not usable"],
    [{ trackingUri: 'databricks' }, "Option 'trackingUri' of monitor is not usable"],
    [{ logSteps: 0 }, "Option 'logSteps' of monitor is not usable"],
    [{ experiment: 'x' }, "Did you mean 'experimentName'?"],
    [{ model: {} }, "Option 'model' of monitor is not usable"],
  ])('%j is refused', (options, message) => expect(() => monitor(options as MonitorOptions)).toThrow(message));

  it('a metric with a name of ours is refused', () => {
    const { check } = monitored();
    expect(() => check!({ metrics: { 'batch/loss': { direction: null } } } as never)).toThrow("Received: a metric named 'batch/loss'");
  });
});

describe('as a callback', () => {
  const base = temporary();
  afterAll(() => base.remove());
  const named = 'each run has a name of its own';
  const exceptions = { 'its state of before the beginning is one to go on from': named, 'a run that is cut in two goes on as one': named };
  for (const check of callbackChecks(() => monitor({ directory: base.path, trackingUri: '', logSteps: true, onMessage: () => {} }), { exceptions })) it(check.name, check.run);
  for (const check of pluginChecks(mlflowPlugin)) it(check.name, check.run);
});
