/** The example of the README runs and prints what it says. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';

it('the example of the README', async () => {
  const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(readme)![1].replace("'@gradus/onnx'", "'./index.js'");
  const expected = [...code.matchAll(/^console\.log.*\n\/\/ (.*)$/gm)].map((match) => match[1]);
  const file = fileURLToPath(new URL(`./readme-example.${process.pid}.ts`, import.meta.url));
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  writeFileSync(file, code);
  try {
    await import(/* @vite-ignore */ file);
    expect(expected).toHaveLength(1);
    expect(log.mock.calls.map(([line]) => line)).toEqual(expected);
  } finally {
    rmSync(file);
    log.mockRestore();
  }
});
