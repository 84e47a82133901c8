// The first TypeScript block of every README, and every one of the guides, runs as a user would run it and prints what it shows.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { root, workspaceFolders } from './setup.mjs';

const tsx = import.meta.resolve('tsx');

let runs = 0;

/** Printed between programs that run in one process. */
const END = '-- end of a program --\n';

/** Runs programs, one after another, with the imports of `folder` in an empty directory; `outputs` has what each printed. */
function runIn(folder, ...programs) {
  const files = programs.map(() => join(root, folder, `readme-example.${process.pid}.${runs++}.ts`));
  const cwd = mkdtempSync(join(tmpdir(), 'gradus-readme-'));
  programs.forEach((code, i) => writeFileSync(files[i], code));
  // One process, because most of the time goes into loading the packages.
  const main = files.map((file) => `await import('${pathToFileURL(file)}'); console.log(${JSON.stringify(END.trimEnd())});`).join('\n');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', main], { cwd });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('close', (status) => {
      for (const file of files) rmSync(file);
      rmSync(cwd, { recursive: true });
      const outputs = stdout.split(END);
      resolve({ status, stdout: outputs[0], outputs, stderr });
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

const pages = [...readdirSync(join(root, 'docs/guides')).map((file) => `guides/${file}`), 'callbacks.md'];
const guides = pages.map((file) => ({ file, text: readFileSync(join(root, 'docs', file), 'utf8') }));
test.concurrent.each(guides)('docs/$file', { timeout: 120_000 }, async ({ file, text }) => {
  const blocks = [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code);
  // A guide to a package that the umbrella does not have is named like it.
  const own = file.replace(/^guides\/(.*)\.md$/, 'packages/$1');
  const { status, outputs, stderr } = await runIn(packages.includes(own) ? own : 'packages/gradus', ...blocks);
  // A block ends with what it prints.
  blocks.forEach((code, i) => {
    const printed = (outputs[i] ?? '').trimEnd().split('\n').map((line) => `// ${line}\n`);
    expect(code.slice(-printed.join('').length), `block ${i + 1}: ${stderr}`).toBe(printed.join(''));
  });
  expect(status, stderr).toBe(0);
});

test('docs: every name in a table exists', { timeout: 60_000 }, async () => {
  const tables = guides.flatMap(({ text }) => [...text.matchAll(/^\|[^|\n]*\|[^|\n]*\| Gradus \|.*\n\|.*\n((?:\|.*\n?)+)/gm)]);
  const cells = tables.flatMap(([, rows]) => rows.trimEnd().split('\n').map((row) => row.split('|')[3]));
  const names = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(names.length).toBeGreaterThan(200);
  const lookUp = 'names.filter((name) => name.split(".").reduce((at, key) => at?.[key], gradus) === undefined)';
  const code = `import * as gradus from 'gradus'; const names = ${JSON.stringify(names)}; console.log(JSON.stringify(${lookUp}));`;
  const { stdout, stderr } = await runIn('packages/gradus', code);
  expect(JSON.parse(stdout || `"${stderr}"`)).toEqual([]);
});
