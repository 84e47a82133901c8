/** The example of the README runs and prints what it says. */
import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the example of the README', async () => {
  const code = read('./readme-example.ts');
  expect(read('../README.md')).toContain(`\`\`\`ts\n${code}\`\`\``);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await import('./readme-example.js');
  const printed = log.mock.calls.map((args) => args.join(' '));
  const bars = stderr.mock.calls.length;
  vi.restoreAllMocks();
  expect(printed).toEqual([...code.matchAll(/console\.log.*\/\/ (.*)$/gm)].map((match) => match[1]));
  expect(bars).toBeGreaterThan(0);
});
