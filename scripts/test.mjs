// `npm test`: sets up what is missing, then checks everything: generated files, types, lint, and the tests of every
// package and example. Arguments go to vitest: `npm test -- -t "early stopping"`. Turbo answers from its cache what
// did not change. The last line counts: `N passed, N failed`.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { interruptedBy, readJson, root, run, runTool, say, setUp, turbo, workspaceFolders } from './setup.mjs';
import { tally } from './tally.mjs';

const report = '.vitest/report.json';
const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const failures = [];

/** Runs one part and remembers its name when it fails. */
async function part(name, what, start) {
  say(`${name}: ${what}`);
  const since = performance.now();
  const code = await start();
  if (interruptedBy) process.exit(code || 130);
  if (code !== 0) failures.push(name);
  say(`${name}: ${code === 0 ? 'fine' : 'FAILED'} (${seconds(since)})`);
  return code;
}

await setUp();
await part('index', 'are the generated index files up to date?', () => run(process.execPath, ['scripts/generate-index.mjs', '--check']));
await part('types', 'of packages, examples and benchmarks', () => runTool('@typescript/native/bin/tsc', ['-p', 'tsconfig.json']));
await part('lint', 'ESLint on everything', () => turbo(['run', 'lint', '--output-logs=new-only']));

const folders = ['scripts', ...workspaceFolders().filter((folder) => readJson(`${folder}/package.json`).scripts.test)];
for (const folder of folders) rmSync(join(root, folder, report), { force: true });
const more = process.argv.slice(2);
const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`, '--testTimeout=60000'];
const code = await part('tests', `vitest in ${folders.length} folders`, () =>
  turbo([
    ...['run', 'test', 'test:repository', '--continue', '--output-logs=new-only', '--concurrency=200%'],
    ...['--', ...options, ...(more.length > 0 ? ['--passWithNoTests', ...more] : [])],
  ]),
);

const reports = folders.map((folder) => {
  const file = join(root, folder, report);
  return { folder, result: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined };
});
const { passed, failed, skipped, failing } = tally(reports, code !== 0);
const failedParts = failures.filter((name) => name !== 'tests').concat(failing);
say(`${failedParts.length === 0 ? 'Everything is fine' : 'Something failed'} (${seconds(started)})`);
if (failedParts.length > 0) console.log(`FAILED: ${failedParts.join('; ')}`);
// A failed part that is no test counts as one failure, so that the last line never looks green.
const total = failed + failures.filter((name) => name !== 'tests').length;
console.log(`${passed} passed, ${total} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failedParts.length === 0 ? 0 : 1;
