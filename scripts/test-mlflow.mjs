// `npm run test:mlflow`: runs the tests of mlflow-js-client and @gradus/mlflow against real MLflow servers, which it installs from PyPI into a
// virtual environment of its own in the user's cache folder. Without Python 3.10 nothing is tested, and it says so. The last
// line counts tests: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, runTool, say, setUp } from './setup.mjs';

const HELP = `npm run test:mlflow [-- options]

  --oldest        MLflow 2.9.0, the oldest that is promised, in place of the newest
  --release N     this release: 2.17.2
  --upgrade       look for a newer release than the one installed before
  --filter TEXT   only tests whose name contains TEXT
  --help          this text`;

const { values: options } = parseArgs({
  options: {
    oldest: { type: 'boolean', default: false },
    release: { type: 'string' },
    upgrade: { type: 'boolean', default: false },
    filter: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** What MLflow needs to load and serve models of the ONNX flavour. */
const MODELS = ['onnx', 'onnxruntime'];

const folders = ['packages/mlflow-js-client', 'packages/mlflow'];
process.exitCode = await main();

async function main() {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const python = findPython();
  if (python === undefined) {
    console.log('Left out: the tests on a real MLflow server need Python 3.10 or newer, as python3 or python.');
    console.log('0 passed, 0 failed');
    return 0;
  }
  await setUp();
  const release = options.release ?? (options.oldest ? '2.9.0' : undefined);
  const { command, version } = install(python, release);
  say(`MLflow ${version} (${command})`);
  let [passed, failed] = [0, 0];
  for (const folder of folders) {
    const result = await test(folder, { MLFLOW_TEST_COMMAND: command, MLFLOW_TEST_VERSION: version });
    passed += result.passed;
    failed += result.failed;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Runs the live tests of one package. */
async function test(folder, env) {
  const report = join(root, folder, '.vitest/live.json');
  rmSync(report, { force: true });
  const code = await runTool(
    'vitest/vitest.mjs',
    [
      ...['run', '--no-isolate', '--root', join(root, folder), 'test/live.test.ts', '--testTimeout=60000'],
      ...['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`],
      ...(options.filter === undefined ? [] : ['-t', options.filter]),
    ],
    env,
  );
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { numPassedTests: 0, numFailedTests: 0 };
  // A suite that could not start has failed without a failed test.
  return { passed: result.numPassedTests, failed: Math.max(result.numFailedTests, code === 0 ? 0 : 1) };
}

/** The command that starts a Python of at least 3.10 that can make virtual environments. */
function findPython() {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  return ['python3', 'python', 'python3.12', 'python3.11', 'python3.10'].find((name) => spawnSync(name, ['-c', check]).status === 0);
}

/** Makes the environment where there is none yet. Returns the program `mlflow` in it, and the version of that. */
function install(python, release) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const environment = join(cache, 'mlflow-js-client', release ?? 'newest');
  const bin = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
  const installed = join(environment, 'installed');
  // Earlier ones could not load models.
  const isThere = existsSync(installed) && MODELS.every((name) => readFileSync(installed, 'utf8').includes(name));
  if (!isThere || options.upgrade) {
    say(`Installing MLflow ${release ?? '(the newest)'} into ${environment}`);
    mkdirSync(environment, { recursive: true });
    call(python, ['-m', 'venv', environment]);
    // Releases of 2023 do not run with later major versions of these two.
    const old = ['setuptools<81', 'sqlalchemy<2.1'];
    const mlflow = release === undefined ? ['mlflow'] : [`mlflow==${release}`, ...(release.startsWith('2.') ? old : [])];
    const packages = [...mlflow, ...MODELS];
    call(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--upgrade', ...packages]);
    writeFileSync(installed, packages.join('\n'));
  }
  const { stdout } = spawnSync(join(bin, 'python'), ['-c', 'import importlib.metadata as m; print(m.version("mlflow"))'], { encoding: 'utf8' });
  return { command: join(bin, 'mlflow'), version: stdout.trim() };
}

function call(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status === 0) return;
  console.error(`\`${command} ${args.join(' ')}\` ended with ${status}.`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
