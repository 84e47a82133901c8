import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

it('the README quotes the example, which prints what it says', async () => {
  const readme = read('../README.md');
  expect(/```ts\n([^]*?)```/.exec(readme)?.[1]).toBe(read('./readme-example.ts'));
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await import('./readme-example.js');
  const lines = log.mock.calls.map((line) => `// ${line.join(' ')}\n`);
  log.mockRestore();
  expect(readme).toContain(lines.join(''));
});
