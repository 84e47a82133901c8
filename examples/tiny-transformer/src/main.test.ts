/** The example as a user runs it, and the language that it learns. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { corpus, isSentence, LONGEST } from './grammar.js';
import { idsOf, windows } from './letters.js';

it('comes near the perplexity of the grammar, and writes sentences of it', { timeout: 180_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-letters-'));
  try {
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);

    const lowest = Number(/own perplexity is ([\d.]+)/.exec(stdout)![1]);
    const rows = [...stdout.matchAll(/^step \d+: loss ([\d.]+), validation ([\d.]+), perplexity ([\d.]+)$/gm)].map(([, ...numbers]) =>
      numbers.map(Number),
    );
    expect(rows).toHaveLength(4);
    rows.slice(1).forEach(([loss], i) => expect(loss).toBeLessThan(rows[i][0]));
    for (const [, validation, perplexity] of rows) expect(Math.log(perplexity)).toBeCloseTo(validation, 2);
    const [, , reached] = rows[rows.length - 1];
    expect(reached / lowest).toBeGreaterThan(0.98);
    expect(reached / lowest).toBeLessThan(1.1);

    const [, right, all, fresh] = /(\d+) of (\d+) written sentences are in the language, (\d+) of them not/.exec(stdout)!.map(Number);
    expect(all).toBe(16);
    expect(right).toBeGreaterThanOrEqual(10);
    expect(fresh).toBeGreaterThan(5);
    const written = stdout.split('\n').filter((line) => /^[ ?] /.test(line));
    expect(written.filter((line) => isSentence(line.slice(2)))).toHaveLength(right);
    expect(new Set(written).size).toBe(16);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe('the language', () => {
  it('knows its sentences, and no others', () => {
    const { sentences } = corpus(2000, 5);
    expect(sentences.filter((text) => !isSentence(text))).toEqual([]);
    expect(Math.max(...sentences.map(({ length }) => length))).toBeLessThanOrEqual(LONGEST);
    const longest = 'every quiet miller follows every quiet sailor under the tower.';
    expect([isSentence(longest), longest.length]).toEqual([true, LONGEST]);
    for (const wrong of [
      'two owls follows the boat.',
      'the owl follow the boat.',
      'two owl follow the boat.',
      'a owl finds the boat.',
      'an goat finds the boat.',
      'the owl finds the boat',
      'the owl finds the boat by the boat.',
      'every owls find the boat.',
      'the owl owl finds the boat.',
      '',
    ])
      expect([wrong, isSentence(wrong)]).toEqual([wrong, false]);
  });

  it('says how surprising it is', () => {
    const { sentences, entropy } = corpus(4000, 6);
    const letters = sentences.reduce((sum, text) => sum + text.length + 1, 0);
    // Number, article (two or three), whether there is an adjective, the adjective, the noun.
    const thing = Math.log(2) + (Math.log(2) + Math.log(3)) / 2 + Math.log(2) + Math.log(8) / 2 + Math.log(8);
    // Two things, the verb, whether there is a place, the place.
    const mean = 2 * thing + Math.log(6) + Math.log(2) + (Math.log(3) + Math.log(5)) / 2;
    expect(Math.abs((entropy * letters) / 4000 / mean - 1)).toBeLessThan(0.01);
  });
});

it('windows begin at every sentence, and ask for the next letter', () => {
  const { x, y } = windows(['ab.', 'c.', 'dab.'], 5);
  expect(x.shape).toEqual([3, 5]);
  expect([...x.data].map(Number)).toEqual(idsOf('\nab.\n' + '\nc.\nd' + '\ndab.'));
  expect([...y.data].map(Number)).toEqual(idsOf('ab.\nc' + 'c.\nda' + 'dab.\n'));
});
