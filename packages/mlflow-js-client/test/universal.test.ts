/** What browsers and workers import has nothing of Node in it. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** Every file that an entry reaches, and every package. */
function reach(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    // A type is gone when it runs.
    for (const [, types, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)';$/gm)) {
      if (types !== undefined) continue;
      if (from.startsWith('.')) visit(join(dirname(file), from.replace(/\.js$/, '.ts')));
      else packages.add(from);
    }
  };
  visit(entry);
  return { files, packages };
}

it('the main entry needs two libraries that need nothing, and no built-in module', () => {
  const { files, packages } = reach(source('index.ts'));
  expect([...packages].sort()).toEqual(['ky', 'p-queue']);
  expect(files.size).toBeGreaterThan(20);
  for (const file of files) expect(readFileSync(file, 'utf8')).not.toMatch(/\b(process|Buffer|require)\b[.(]/);
  expect([...reach(source('node.ts')).packages]).toContain('node:fs');
});
