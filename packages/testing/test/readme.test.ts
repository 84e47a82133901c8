/** The example of the README passes in Node's own test runner, and fails when its callback is broken. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const code = readFileSync(path('./readme-example.ts'), 'utf8');

function runTests(file: string): string {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return spawnSync(process.execPath, ['--import', 'tsx', '--test', '--test-reporter', 'tap', file], { encoding: 'utf8', env }).stdout;
}

it('the example of the README', () => {
  expect(readFileSync(path('../README.md'), 'utf8')).toContain(`\`\`\`ts\n${code}\`\`\``);
  const output = runTests(path('./readme-example.ts'));
  expect(output).toMatch(/^# pass 11$/m);
  expect(output).toMatch(/^# fail 0$/m);
}, 60_000);

it('with a misspelt hook', () => {
  const broken = path(`./readme-broken.${process.pid}.ts`);
  writeFileSync(broken, code.replace('onEpochEnd(', 'onEpochEnds('));
  try {
    const output = runTests(broken);
    expect(output).toMatch(/^# fail 1$/m);
    expect(output).toMatch(/'onEpochEnds' is no hook: it would never be called\. Did you mean 'onEpochEnd'\?/);
  } finally {
    rmSync(broken);
  }
}, 60_000);
