import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

it('the README quotes the example, which learns what it says', async () => {
  expect(/```ts\n([^]*?)```/.exec(read('../README.md'))?.[1]).toBe(read('./readme-example.ts'));
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await import('./readme-example.js');
  const [, nodes, ...numbers] = /^(\d+) nodes, w = (.*),(.*), b = (.*)$/.exec(log.mock.calls[0][0] as string)!.map(Number);
  log.mockRestore();
  expect(read('../README.md')).toContain(`// ${nodes} nodes`);
  [2, -3, 0.5].forEach((want, i) => expect(numbers[i]).toBeCloseTo(want, 5));
});
