// The first TypeScript block of every README runs as a user would run it, and prints what the README shows.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, workspaceFolders } from './setup.mjs';

const tsx = import.meta.resolve('tsx');

let runs = 0;

/** Runs a program with the imports of `folder` in an empty directory. */
function runIn(folder, code) {
  const file = join(root, folder, `readme-example.${process.pid}.${runs++}.ts`);
  const cwd = mkdtempSync(join(tmpdir(), 'gradus-readme-'));
  writeFileSync(file, code);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', tsx, file], { cwd });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('close', (status) => {
      rmSync(file);
      rmSync(cwd, { recursive: true });
      resolve({ status, stdout, stderr });
    });
  });
}

const blockOf = (readme) => /```ts\n([^]*?)```/.exec(readme)[1];
const packages = workspaceFolders().filter((folder) => folder.startsWith('packages/'));

test.concurrent.each(packages)('%s', { timeout: 60_000 }, async (folder) => {
  const readme = readFileSync(join(root, folder, 'README.md'), 'utf8');
  const code = blockOf(readme);
  const { status, stdout, stderr } = await runIn(folder, code);
  expect(status, stderr).toBe(0);
  // A test runner reports in its own words.
  if (code.includes("'node:test'")) return;
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).not.toBe('');
  for (const line of lines) expect(readme).toContain(line);
});

test.concurrent('README.md', { timeout: 60_000 }, async () => {
  const code = blockOf(readFileSync(join(root, 'README.md'), 'utf8'));
  const { status, stdout, stderr } = await runIn('packages/gradus', code);
  expect(status, stderr).toBe(0);
  expect(Number(/val_accuracy: ([\d.]+)/.exec(stdout)[1])).toBeGreaterThan(0.95);
});
