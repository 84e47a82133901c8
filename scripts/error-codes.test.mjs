import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codesInSources, codesInTable, codesOf } from './error-codes.mjs';

const rows = codesInTable(readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8'));
const listed = rows.map(({ code }) => code);
const used = codesInSources();

test('docs/errors.md lists every code that a package throws', () => {
  const missing = [...used].filter(([code]) => !listed.includes(code)).map(([code, files]) => `${code} (${files.join(', ')})`);
  expect(missing).toEqual([]);
});

test('docs/errors.md lists no code that nothing throws', () => {
  expect(listed.filter((code) => !used.has(code))).toEqual([]);
});

test('docs/errors.md is sorted, without doubles, and says what to do', () => {
  expect(listed).toEqual([...new Set(listed)].sort());
  expect(rows.filter(({ meaning, remedy }) => !meaning.endsWith('.') || !remedy.endsWith('.'))).toEqual([]);
});

test('finds codes, also chosen ones and over several lines', () => {
  expect(codesOf("throw new GradusError('A_B', { what: 'x, y' });", 'x.ts')).toEqual(['A_B']);
  expect(codesOf("new GradusError(\n  odd ? 'C_D' : 'E_F',\n  details)", 'x.ts')).toEqual(['C_D', 'E_F']);
});

test('refuses a code that is not written out', () => {
  expect(() => codesOf('new GradusError(code, details)', 'x.ts')).toThrow('x.ts: write the code as a literal');
});
