import { describe, expect, it } from 'vitest';
import type { Fingerprint } from '@gradus/core';
import { compareFingerprints, requireFingerprint } from './index.js';

const saved: Fingerprint = {
  epochs: 10,
  seed: 1,
  optimizer: { name: 'adam', hyperparameters: { b1: 0.9 } },
  data: { rows: 100, fields: ['x', 'y'] },
  callbacks: [{ name: 'earlyStopping', patience: 3 }, { name: 'csvLogger' }],
  versions: { core: '0.1.0', node: '20.19.0' },
};
const change = (parts: Fingerprint): Fingerprint => ({ ...saved, ...parts });
const fields = (current: Fingerprint, options?: { allow: string[] }) =>
  compareFingerprints(saved, current, options).map(({ field }) => field);

describe('compareFingerprints', () => {
  it('finds nothing between equal ones, whatever the order of keys', () => {
    const { versions, data, ...rest } = saved as Record<string, never>;
    const { rows, fields: names } = data as Record<string, never>;
    expect(compareFingerprints(saved, { versions, data: { fields: names, rows }, ...rest })).toEqual([]);
    expect(compareFingerprints({ a: NaN, b: [NaN] }, { b: [NaN], a: NaN })).toEqual([]);
  });

  it('names each field by its path, with both values', () => {
    const current = change({
      epochs: 20,
      optimizer: { name: 'adam', hyperparameters: { b1: 0.95, b2: 0.999 } },
      data: { rows: 100, fields: ['x', 'z'] },
      callbacks: [{ name: 'earlyStopping', patience: 5 }, { name: 'csvLogger' }],
      versions: { core: '0.1.0', node: '22.0.0' },
      model: null,
    });
    expect(compareFingerprints(saved, current)).toEqual([
      { field: 'epochs', saved: '10', current: '20', severity: 'refusal' },
      { field: 'optimizer.hyperparameters.b1', saved: '0.9', current: '0.95', severity: 'refusal' },
      { field: 'optimizer.hyperparameters.b2', saved: 'nothing', current: '0.999', severity: 'refusal' },
      { field: 'data.fields', saved: '["x","y"]', current: '["x","z"]', severity: 'refusal' },
      { field: 'callbacks.0.patience', saved: '3', current: '5', severity: 'refusal' },
      { field: 'versions.node', saved: '"20.19.0"', current: '"22.0.0"', severity: 'warning' },
      { field: 'model', saved: 'nothing', current: 'null', severity: 'refusal' },
    ]);
  });

  it.each<[string, Fingerprint, Fingerprint, string, string]>([
    ['0 and -0', { x: 0 }, { x: -0 }, '0', '-0'],
    ['a number and its text', { x: 1 }, { x: '1' }, '1', '"1"'],
    ['NaN and null', { x: NaN }, { x: null }, 'NaN', 'null'],
    ['a record and a list', { x: { 0: 1 } }, { x: [1] }, '{"0":1}', '[1]'],
    ['a record and nothing', { x: { y: 1 } }, {}, '{"y":1}', 'nothing'],
    ['lists of other lengths', { x: [{ a: 1 }] }, { x: [{ a: 1 }, { b: 1 }] }, '[{"a":1}]', '[{"a":1},{"b":1}]'],
    ['a member of a prototype', { x: { constructor: 1 } }, { x: { toString: 1 } }, '1', 'nothing'],
  ])('tells apart %s', (_, a, b, was, is) => {
    expect(compareFingerprints(a, b)[0]).toMatchObject({ saved: was, current: is, severity: 'refusal' });
  });

  it('shortens what is long, and still shows that it differs', () => {
    const long = Array.from({ length: 1000 }, (_, i) => i);
    const [list, text] = compareFingerprints(
      { list: long, text: 'a'.repeat(500) + 'x' },
      { list: [...long.slice(0, 999), 0], text: 'a'.repeat(500) + 'y' },
    );
    expect(list.saved).toMatch(/^\[0,1,2, and 997 more; sha256 [0-9a-f]{12}\]$/);
    expect(text.saved).toMatch(/^"a{79}… \(503 characters; sha256 [0-9a-f]{12}\)$/);
    expect(list.saved).not.toBe(list.current);
    expect(text.saved).not.toBe(text.current);
  });

  it('passes what is allowed, with all that is nested in it', () => {
    const current = change({ epochs: 20, seed: 2, data: { rows: 90, fields: [] }, dataset: 1 });
    expect(fields(current, { allow: ['epochs'] })).toEqual(['seed', 'data.rows', 'data.fields', 'dataset']);
    expect(fields(current, { allow: ['epochs', 'data.rows'] })).toEqual(['seed', 'data.fields', 'dataset']);
    expect(fields(current, { allow: ['data', 'seed', 'epochs'] })).toEqual(['dataset']);
    expect(fields(change({ callbacks: [{ name: 'a' }, { name: 'b' }] }), { allow: ['callbacks.0.name'] })).toEqual([
      'callbacks.0.patience',
      'callbacks.1.name',
    ]);
    // What only one of them has can be allowed too.
    expect(fields({ ...current, epochs: 10, seed: 1, data: saved.data }, { allow: ['dataset'] })).toEqual([]);
  });

  it('refuses to allow what nobody has', () => {
    expect(() => compareFingerprints(saved, saved, { allow: ['epoch'] })).toThrow(
      /field 'epoch'.*Did you mean 'epochs'\? \[INVALID_ARGUMENT\]/,
    );
  });
});

describe('requireFingerprint', () => {
  it('lets equal ones pass, and returns what is only worth a warning', () => {
    expect(requireFingerprint('Run a', saved, saved)).toEqual([]);
    const current = change({ epochs: 12, versions: { core: '0.2.0', node: '20.19.0' } });
    expect(requireFingerprint('Run a', saved, current, { allow: ['epochs'] })).toEqual([
      { field: 'versions.core', saved: '"0.1.0"', current: '"0.2.0"', severity: 'warning' },
    ]);
  });

  it('lists every difference and how to go on in spite of it', () => {
    const current = change({ epochs: 12, seed: 3, versions: { core: '0.2.0', node: '20.19.0' } });
    expect(() => requireFingerprint('Run a', saved, current)).toThrowErrorMatchingInlineSnapshot(
      `[GradusError: Run a cannot go on from this checkpoint: it is another run in 2 fields. Received: epochs: 10 when saved, now 12; seed: 1 when saved, now 3. Expected: the same values. Undo the changes, begin anew in another directory, or go on in spite of them with allow: ['epochs', 'seed']. [RESUME_REFUSED]]`,
    );
    const error = (() => {
      try {
        return requireFingerprint('Run a', saved, current);
      } catch (refused) {
        return refused as { data: object };
      }
    })();
    expect(error).toMatchObject({ data: { differences: [{ field: 'epochs' }, { field: 'seed' }, { field: 'versions.core' }] } });
  });
});
