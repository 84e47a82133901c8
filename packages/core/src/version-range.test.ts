import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { satisfies } from './version-range.js';
import { VERSION } from './version.js';

it('VERSION is that of the package', () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);
});

it('reads ranges as npm does', () => {
  const table: [string, string, boolean | null][] = [
    ['1.2.3', '1.2.3', true],
    ['1.2.3', '=1.2.4', false],
    ['1.9.0', '^1.2.3', true],
    ['2.0.0', '^1.2.3', false],
    ['1.2.2', '^1.2.3', false],
    ['0.1.9', '^0.1.0', true],
    ['0.2.0', '^0.1.0', false],
    ['0.0.4', '^0.0.3', false],
    ['0.0.3', '^0.0.3', true],
    ['1.2.9', '~1.2.3', true],
    ['1.3.0', '~1.2.3', false],
    ['1.5.0', '>=1.2 <2', true],
    ['2.0.0', '>=1.2 <2', false],
    ['3.1.0', '^1.0.0 || ^3.0.0', true],
    ['1.0.0', '<=1.0.0', true],
    ['1.0.0', '>1.0.0', false],
    ['9.9.9', '*', true],
    ['1.0.0', 'latest', null],
    ['1.0.0', '', null],
    ['1.0.0-rc.1', '^1.0.0', true],
  ];
  for (const [version, range, expected] of table) expect([version, range, satisfies(version, range)]).toEqual([version, range, expected]);
});
