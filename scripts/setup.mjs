// Set-up from a clean clone with only Node and npm, shared by `npm run demo`, `npm test` and `npm run bench`:
// checks Node, reaches the pinned pnpm through npm, and installs what the lockfile names when that has changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules/.setup-stamp');

/** Reads a JSON file given by its path in the repository. */
export const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Every workspace folder (`packages/core`, `examples/classifier`, `benchmarks`), sorted. */
export function workspaceFolders() {
  const below = (parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  return [...below('packages'), ...below('examples'), 'benchmarks']
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort();
}

/** One line about what happens now. */
export const say = (text) => console.log(`• ${text}`);

/** `'20.9.1'` is not enough for `'>=20.19'`: a sentence that says so, or `undefined` when Node is new enough. */
export function nodeProblem(version, range) {
  const numbers = (text) => text.match(/\d+/g).map(Number);
  const [major, minor = 0] = numbers(range);
  const [haveMajor, haveMinor] = numbers(version);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return undefined;
  return `Gradus needs Node ${major}.${minor} or newer; this is Node ${version}. Install a newer Node, then run this again.`;
}

/**
 * Does all set-up that is missing and returns when the workspace is ready to use. A second call finds its stamp,
 * made of everything that decides what an install does, and installs nothing.
 */
export async function setUp() {
  const problem = nodeProblem(process.versions.node, readJson('package.json').engines.node);
  if (problem) fail(problem);
  const stamp = installStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  say('Installing packages (the first time only, and when they change)');
  const [command, ...before] = npm();
  const { packageManager } = readJson('package.json');
  const options = [`--package=${packageManager}`, '--yes', '--loglevel=error', '--no-progress'];
  // Where an older install cannot be reused pnpm would ask before replacing it, and fail without a terminal. Started
  // from outside, so that npm does not take the pnpm inside node_modules, which would replace itself.
  const install = ['pnpm', '--dir', root, 'install', '--frozen-lockfile', '--config.confirmModulesPurge=false'];
  const code = await run(command, [...before, 'exec', ...options, '--', ...install], { cwd: tmpdir() });
  if (code !== 0) fail('The install failed; its messages are above. After a change of a manifest, run `npx pnpm install`.', code);
  writeFileSync(stampFile, stamp);
}

function installStamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  const manifests = workspaceFolders().map((folder) => `${folder}/package.json`);
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}

/** How to start npm: the one that started us, run by this Node, or else the one on the PATH. */
export function npm() {
  const started = process.env.npm_execpath ?? '';
  return basename(started) === 'npm-cli.js' ? [process.execPath, started] : ['npm'];
}

/** Runs a tool that the set-up installed, by its file below node_modules; turbo and others find pnpm on the PATH. */
export function runTool(file, args, env = {}) {
  const path = `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`;
  return run(process.execPath, [join(root, 'node_modules', file), ...args], { env: { ...process.env, PATH: path, ...env } });
}

/** Runs turbo. Its cache is kept apart by platform and Node version, and it reports to nobody. */
export function turbo(args) {
  return runTool('turbo/bin/turbo', process.stdout.isTTY ? args : ['--no-color', ...args], {
    GRADUS_PLATFORM: `${process.platform} ${process.arch} ${process.version}`,
    TURBO_TELEMETRY_DISABLED: '1',
  });
}

/** Runs a workspace folder's script (`node ...`) as our own child: no package manager in between loses the exit code. */
export function runScript(folder, script, args) {
  const [command, ...words] = readJson(`${folder}/package.json`).scripts[script].split(' ');
  if (command !== 'node') throw new Error(`${folder}: "${script}" must begin with "node ", so that Ctrl-C reaches it once`);
  return run(process.execPath, [...words, ...args], { cwd: join(root, folder) });
}

/** The signal that asked this program to end, once one has come. */
export let interruptedBy;

/** Runs a command on our own input and output; resolves to its exit code (128 + the signal's number when a signal ended it). */
export function run(command, args, { cwd = root, env = process.env, stdio = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio, shell: process.platform === 'win32' && command === 'npm' });
    // Ctrl-C in a terminal reaches the child by itself, and npm sends us a second copy: passing that on would
    // count as a second Ctrl-C, which quits at once. Without a terminal we are the only way to the child.
    const forward = (signal) => {
      interruptedBy = signal;
      if (signal !== 'SIGINT' || !hasTerminal()) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    // npm passes a signal to its shell only, which ends and leaves us behind: then our child must end too.
    const parent = process.ppid;
    const watch = process.env.npm_lifecycle_event && setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      forward('SIGTERM');
    }, 500);
    const done = () => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, forward);
    };
    child.once('error', (error) => (done(), reject(error)));
    child.once('exit', (code, signal) => (done(), resolve(code ?? 128 + constants.signals[signal])));
  });
}

function hasTerminal() {
  if (process.platform === 'win32') return true;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
