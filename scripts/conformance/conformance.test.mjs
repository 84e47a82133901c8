import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findCases, readDataSets } from './cases.mjs';
import { difference } from './compare.mjs';
import { acceptedIn, documentOf, tableOf } from './report.mjs';

const array = (dtype, shape, data) => ({ dtype, shape, data, toString: () => `${dtype}[${shape.join(', ')}]` });
const floats = (...data) => array('float32', [data.length], data);

describe('difference', () => {
  it('allows floats a relative 1e-3 and an absolute 1e-7, and no more', () => {
    expect(difference(floats(1.0009, 9e-8), floats(1, 0))).toBeUndefined();
    expect(difference(floats(1, 1.0011), floats(1, 1))).toBe('element 1 is 1.0011, not 1');
    expect(difference(floats(2e-7), floats(0))).toBe('element 0 is 2e-7, not 0');
  });

  it('has NaN equal to NaN and infinities to themselves only', () => {
    expect(difference(floats(NaN, Infinity, -Infinity), floats(NaN, Infinity, -Infinity))).toBeUndefined();
    expect(difference(floats(NaN), floats(1))).toBe('element 0 is NaN, not 1');
    expect(difference(floats(1), floats(NaN))).toBe('element 0 is 1, not NaN');
    expect(difference(floats(1e38), floats(Infinity))).toBe('element 0 is 1e+38, not Infinity');
    expect(difference(floats(-Infinity), floats(Infinity))).toBe('element 0 is -Infinity, not Infinity');
  });

  it('wants integers, types, shapes and lengths exact', () => {
    const ints = (...data) => array('int64', [data.length], data);
    expect(difference(ints(10001n), ints(10000n))).toBe('element 0 is 10001, not 10000');
    expect(difference(ints(1n), floats(1))).toBe('int64[1], not float32[1]');
    expect(difference(array('float32', [1, 2], [1, 2]), floats(1, 2))).toBe('float32[1, 2], not float32[2]');
    expect(difference([floats(1)], [floats(1), floats(2)])).toBe('1 elements, not 2');
    expect(difference([floats(1), floats(3)], [floats(1), floats(2)])).toBe('element 0 is 3, not 2');
    expect(difference(floats(1), [floats(1)])).toBe('a sequence and a tensor');
    expect(difference(null, floats(1))).toMatch(/optional/);
  });
});

it('a page accepts the tests that it lists, and no others', () => {
  const results = [
    { folder: 'node', name: 'node/test_abs', operator: 'Abs', status: 'passed' },
    { folder: 'node', name: 'node/test_add_uint8', operator: 'Add', status: 'not supported', reason: 'element type uint8' },
    { folder: 'simple', name: 'simple/test_x', operator: 'simple', status: 'failed', reason: 'wrong' },
  ];
  const page = documentOf(results);
  expect([...acceptedIn(page)]).toEqual(['node/test_add_uint8']);
  expect(page).toContain('| node | 1 | 0 | 1 |');
  expect(tableOf(results)).toMatch(/Abs +1 +0 +0\n/);
});

describe('the tests on disk', () => {
  const folder = () => {
    const path = mkdtempSync(join(tmpdir(), 'gradus-conformance-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  };

  it('are found by their models, and their files put in order', () => {
    const root = folder();
    const test = join(root, 'node/test_b');
    for (const [path, bytes] of Object.entries({ 'model.onnx': 'm', 'test_data_set_0/input_10.pb': 'k', 'test_data_set_0/input_2.pb': 'c', 'test_data_set_0/output_0.pb': 'o' })) {
      mkdirSync(join(test, path, '..'), { recursive: true });
      writeFileSync(join(test, path), bytes);
    }
    mkdirSync(join(root, 'node/no_model'));
    const [one, ...more] = findCases(root);
    expect([one.name, more]).toEqual(['node/test_b', []]);
    const [{ inputs, outputs }] = readDataSets(one);
    expect([inputs[2].toString(), inputs[10].toString(), inputs[0], outputs.length]).toEqual(['c', 'k', undefined, 1]);
  });

  it('are said to be missing, and how to get them', () => {
    const command = join(import.meta.dirname, '../conformance.mjs');
    const { status, stderr } = spawnSync(process.execPath, [command], { env: { ...process.env, GRADUS_ONNX_TESTDATA: folder() }, encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('apt-get install libonnx-testdata')]);
  });
});
