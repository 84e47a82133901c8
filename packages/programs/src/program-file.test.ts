import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { adder, Driver, sums } from '../test/parts.js';
import { defineProgram, evolutionary, jsonData, loadProgram, saveProgram } from './index.js';

const directory = mkdtempSync(join(tmpdir(), 'gradus-programs-'));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;
const path = () => join(directory, `${count++}.json`);
const trained = () => new Driver(adder(), evolutionary<{ n: number }>({ mutate: ({ n }) => ({ n: n + 1 }) })).train(jsonData(sums(4, 1)), 3);

describe('a program on disk', () => {
  it('comes back with all that was found, to run and to train on', async () => {
    const { variables } = await trained();
    const file = path();
    saveProgram(file, adder(), variables);
    const loaded = loadProgram(file, adder());
    expect(loaded.variables()).toEqual(variables);
    expect(await loaded.run({ x: 1 })).toEqual({ y: 2 });
    const [on, straight] = [new Driver(loaded, evolutionary({ mutate: () => null })), new Driver(adder(), evolutionary({ mutate: () => null }))];
    straight.variables = variables;
    expect((await on.train(jsonData(sums(4, 1)), 2)).variables).toEqual((await straight.train(jsonData(sums(4, 1)), 2)).variables);
  });

  it('is a flat record of values, written at once', async () => {
    const file = path();
    saveProgram(file, adder(3), adder(3).variables());
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).toEqual({ format: 'gradus-program/1', program: 'adder', variables: adder(3).variables() });
    expect(text.startsWith('{\n  "format"')).toBe(true);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is replaced, unless that is not wanted', () => {
    const file = path();
    saveProgram(file, adder(), adder(1).variables());
    saveProgram(file, adder(), adder(2).variables());
    expect(loadProgram(file, adder()).variables()).toMatchObject({ plus: { n: 2 } });
    expect(() => saveProgram(file, adder(), adder(3).variables(), { overwrite: false })).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }));
    expect(loadProgram(file, adder()).variables()).toMatchObject({ plus: { n: 2 } });
    saveProgram(path(), adder(), adder().variables(), { overwrite: false });
  });

  const schema = { type: 'object', properties: { n: { type: 'integer' } } };
  const other = (variables: Record<string, object>) => defineProgram({ name: 'other', variables: variables as never, run: () => 1 });
  it.each([
    ['lacks one of the program', other({ plus: { schema, value: { n: 1 } }, minus: { schema, value: { n: 1 } } }), /variables are others.*Received: plus\. Expected: plus, minus/],
    ['has one too many', other({}), /Received: plus\. Expected: none/],
    ['has a field too many', other({ plus: { schema: { type: 'object', properties: {} } } }), /fields that its schema does not name.*Received: n/],
    ['lacks a field', other({ plus: { schema: { type: 'object', properties: { n: {}, m: { type: 'integer' } } }, value: { n: 1, m: 1 } } }), /without a value.*m/],
    ['does not fit the schema', other({ plus: { schema: { type: 'object', properties: { n: { type: 'integer', minimum: 5 } } }, value: { n: 5 } } }), /\/n must be >= 5/],
  ])('is refused when it %s', (_, program, message) => {
    const file = path();
    saveProgram(file, adder(), adder().variables());
    const refused = expect.objectContaining({ code: 'INVALID_VARIABLE', message: expect.stringMatching(message) });
    expect(() => loadProgram(file, program as never)).toThrow(refused);
    expect(() => saveProgram(path(), program as never, adder().variables())).toThrow(refused);
  });

  it.each([
    ['', /Unexpected end of JSON input/],
    ['{"format": "gradus-program/1", "vari', /JSON/],
    ['[]', /JSON that is no object/],
    ['{"variables": {}}', /JSON with variables/],
    ['{"format": "gradus-program/2", "variables": {}}', /format "gradus-program\/2"\. Expected: JSON with format 'gradus-program\/1'/],
    ['{"format": "gradus-program/1"}', /a file without variables/],
  ])('is refused when it is %j', (text, message) => {
    const file = path();
    writeFileSync(file, text);
    expect(() => loadProgram(file, adder())).toThrow(expect.objectContaining({ code: 'INVALID_PROGRAM_FILE', message: expect.stringMatching(message) }));
  });

  it('that is not there is told of by the system', () => expect(() => loadProgram(path(), adder())).toThrow(expect.objectContaining({ code: 'ENOENT' })));
});
