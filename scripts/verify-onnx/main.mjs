// The run itself: files and what must come out of them go into a folder, Python reads it, and says of each file whether it holds.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from 'tsx/esm/api';
import { root, say } from '../setup.mjs';

/** Runs everything and gives the exit code. */
export async function verifyFiles(python, { filter, mutations, keep }) {
  register();
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'gradus-verify-onnx-'));
  mkdirSync(folder, { recursive: true });
  try {
    const count = { passed: 0, failed: 0 };
    const files = await writeFiles(folder, filter);
    say(`${files} files in Python`);
    for (const [name, problem] of check(python, folder)) {
      if (problem === null) count.passed++;
      else count.failed++;
      console.log(`${problem === null ? 'passed' : 'failed'}  ${name}${problem === null ? '' : `: ${problem}`}`);
    }
    if (count.passed + count.failed !== files) count.failed++;
    if (mutations > 0) await fuzz(mutations, count);
    console.log(`${count.passed} passed, ${count.failed} failed`);
    return count.failed === 0 ? 0 : 1;
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true });
  }
}

/** One file for each case, and what it must give as JSON beside it. */
async function writeFiles(folder, filter) {
  const { cases } = await import('./cases.mjs');
  let written = 0;
  for (const [name, make] of Object.entries(cases)) {
    if (!name.includes(filter)) continue;
    const { bytes, runs, tolerance } = await make();
    writeFileSync(join(folder, `${name}.onnx`), bytes);
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ tolerance, runs }));
    written++;
  }
  return written;
}

/** What Python says of each file: `[name, null]`, or what is wrong. */
function check(python, folder) {
  const { stdout, stderr, status } = spawnSync(python, [join(import.meta.dirname, 'check.py'), folder], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status === 0) return JSON.parse(stdout);
  return [['check.py', stderr.trim().split('\n').at(-1) ?? 'it did not end well']];
}

/** Damages models in parts, so that a long run shows that it goes on. */
async function fuzz(mutations, count) {
  say(`${mutations} damaged models`);
  const { fuzzModels } = await import('../../packages/onnx/test/fuzz.ts');
  const golden = join(root, 'packages/onnx/test/golden');
  const stored = JSON.parse(readFileSync(join(golden, 'models.json'), 'utf8')).map(({ model }) => new Uint8Array(Buffer.from(model, 'base64')));
  const models = [...stored, new Uint8Array(readFileSync(join(golden, 'fine-tune/model.onnx')))];
  const PART = 10_000;
  let slowest = 0;
  for (let first = 0; first < mutations; first += PART) {
    const size = Math.min(PART, mutations - first);
    try {
      const result = fuzzModels(models, size, 1, first);
      slowest = Math.max(slowest, result.slowest);
      count.passed += size;
      say(`${first + size}: ${result.refused} refused with a code, ${result.whole} still models, the slowest ${(slowest / 1000).toFixed(1)} s`);
    } catch (error) {
      count.failed++;
      console.log(`failed  ${error.message}`);
    }
  }
}
