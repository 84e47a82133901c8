import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

it('the README quotes the example, and what it prints', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await import('./readme-example.js');
  const printed = log.mock.calls.map((line) => `// ${line.join(' ')}\n`).join('');
  log.mockRestore();
  expect(/```ts\n([^]*?)```/.exec(read('../README.md'))?.[1]).toBe(read('./readme-example.ts') + printed);
});
