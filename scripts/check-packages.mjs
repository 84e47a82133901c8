// Checks what would be published, after `npm test`: builds and packs every package, looks at the tarballs as a registry
// and as a user would, and at what the repository keeps beside them. `.ci/run` calls it. The last line counts the checks.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getReleasePlan from '@changesets/get-release-plan';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { npm, readJson, root, run, runTool, say, setUp, turbo, workspaceFolders } from './setup.mjs';

/** What users of an older compiler get must be tested on it; 5.4 is two years old and the oldest that we promise. */
const OLDEST_TYPESCRIPT = '5.4.5';

await setUp();
const work = mkdtempSync(join(tmpdir(), 'gradus-packages-'));
const tarballs = join(work, 'tarballs');
const packages = workspaceFolders()
  .filter((folder) => !readJson(`${folder}/package.json`).private)
  .map((folder) => {
    const { name, version, exports } = readJson(`${folder}/package.json`);
    return { folder, name, exports, tarball: join(tarballs, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`) };
  });

let passed = 0;
const failed = [];

/** Runs one check: it fails by a thrown error or by an exit code. */
async function check(name, start) {
  const since = performance.now();
  let problem;
  try {
    const code = await start();
    if (typeof code === 'number' && code !== 0) problem = `exit code ${code}`;
  } catch (error) {
    problem = error.message;
  }
  if (problem === undefined) passed++;
  else failed.push(name);
  const time = `${((performance.now() - since) / 1000).toFixed(1)} s`;
  say(`${name}: ${problem === undefined ? 'fine' : `FAILED, ${problem}`} (${time})`);
}

/** A plain npm project outside of the workspace that has installed the tarballs, as a user would. */
async function userProject(name, flags) {
  const folder = join(work, name);
  mkdirSync(folder);
  const dependencies = Object.fromEntries(packages.map((each) => [each.name, `file:${each.tarball}`]));
  const tools = { typescript: OLDEST_TYPESCRIPT, '@types/node': readJson('package.json').devDependencies['@types/node'] };
  const manifest = { name: 'user', private: true, type: 'module', dependencies: { ...dependencies, ...tools } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  cpSync(join(root, 'scripts/smoke'), folder, { recursive: true });
  const [command, ...before] = npm();
  // npm passes its settings to its children; those of this workspace are not the user's.
  const own = Object.entries(process.env).filter(([key]) => !/^npm_(config_local_prefix|package_|lifecycle_)/.test(key));
  const env = { ...Object.fromEntries(own), ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const code = await run(command, [...before, 'install', '--no-audit', '--no-fund', '--loglevel=error', ...flags], { cwd: folder, env });
  if (code !== 0) throw new Error(`npm install ended with ${code}`);
  return folder;
}

const program = (folder, ...args) => run(process.execPath, args, { cwd: folder });

await check('build', () => turbo(['run', 'build', '--output-logs=errors-only']));
await check('pack', () => runTool('pnpm/bin/pnpm.cjs', ['--filter', './packages/*', 'pack', '--pack-destination', tarballs]));

for (const { name, tarball, exports } of packages) {
  await check(`publint ${name}`, async () => {
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer }, strict: true });
    if (messages.length > 0) throw new Error(messages.map((message) => formatMessage(message, pkg, { color: false })).join('; '));
    const entries = Object.keys(pkg.exports).join(', ');
    if (entries !== Object.keys(exports).join(', ')) throw new Error(`publishes other entries than its workspace has: ${entries}`);
  });
  const options = ['--profile', 'esm-only', '--quiet', '--no-emoji'];
  await check(`types ${name}`, () => runTool('@arethetypeswrong/cli/dist/index.js', [tarball, ...options]));
}

await check('install by npm', () => userProject('with-onnxruntime', []));
const folder = join(work, 'with-onnxruntime');
await check('import everything', () => program(folder, 'imports.mjs'));
await check('train with ONNX Runtime', () => program(folder, 'train.mjs', 'ort'));
await check(`types on TypeScript ${OLDEST_TYPESCRIPT}`, () =>
  program(folder, 'node_modules/typescript/bin/tsc', '--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', 'types.ts'),
);
await check('install by npm without onnxruntime-node', () => userProject('without-onnxruntime', ['--omit=optional']));
await check('train without onnxruntime-node', () => program(join(work, 'without-onnxruntime'), 'train.mjs', 'js'));

await check('size limits', () => runTool('size-limit/bin.js', []));
await check('knip', () => runTool('knip/bin/knip.js', []));
await check('changesets', async () => {
  const { releases } = await getReleasePlan(root);
  const named = new Set(releases.map(({ name }) => name));
  const before = ({ folder }) => existsSync(join(root, folder, 'CHANGELOG.md'));
  const forgotten = packages.filter((each) => !named.has(each.name) && !before(each)).map(({ name }) => name);
  if (forgotten.length > 0) throw new Error(`neither a changeset nor a changelog: ${forgotten.join(', ')}`);
});

rmSync(work, { recursive: true, force: true });
if (failed.length > 0) console.log(`FAILED: ${failed.join('; ')}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
