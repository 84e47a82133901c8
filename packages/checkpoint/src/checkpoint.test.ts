import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VERSION, type TrainState } from '@gradus/core';
import { asarray, full, NDArray, zeros } from '@gradus/graph';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHECKPOINT_FILES, forge, forgeManifest } from '../test/files.js';
import { anyState } from '../test/random-states.js';
import { bitsOf, fullState, stateOf } from '../test/states.js';
import { encodeSafetensors, loadCheckpoint, loadParams, saveCheckpoint, writeSafetensors } from './index.js';
import { loadFormats } from './load-checkpoint.js';
import type { Manifest } from './manifest.js';
import type { Migration } from './migrations.js';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-checkpoint-'));
  path = join(directory, 'last');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The order of all keys counts, but for that of the state's own fields. */
const inOrder = ({ params, ...rest }: TrainState): TrainState => ({ params, ...rest });

describe('what was saved comes back', () => {
  it('to the bit, with everything a state may hold', async () => {
    const state = fullState();
    const manifest = await saveCheckpoint(path, state, { fingerprint: { epochs: 10 }, facts: { monitor: 'loss', value: NaN } });
    const loaded = await loadCheckpoint(path);
    expect(bitsOf(inOrder(loaded.state!))).toBe(bitsOf(inOrder(state)));
    expect(loaded.state!.params).toBe(loaded.params);
    expect(loaded.manifest).toEqual(manifest);
    expect(manifest).toMatchObject({
      format: 'gradus-checkpoint/1',
      contents: 'all',
      epoch: 2,
      step: 7,
      seed: 2 ** 53 - 1,
      versions: { gradus: VERSION, node: process.versions.node },
      fingerprint: { epochs: 10 },
      facts: { monitor: 'loss', value: NaN },
    });
  });

  it('whatever the state', async () => {
    await fc.assert(
      fc.asyncProperty(anyState, async (state) => {
        await saveCheckpoint(path, state);
        expect(bitsOf(inOrder((await loadCheckpoint(path)).state!))).toBe(bitsOf(inOrder(state)));
      }),
      { numRuns: 60 },
    );
  });

  it('in the files that the manifest names, and nothing else is written', async () => {
    await saveCheckpoint(path, fullState());
    expect(readdirSync(directory)).toEqual(['last']);
    expect(readdirSync(path).sort()).toEqual([...CHECKPOINT_FILES].sort());
    await saveCheckpoint(path, fullState(), { contents: 'params' });
    expect(readdirSync(directory)).toEqual(['last']);
    expect(readdirSync(path).sort()).toEqual(['manifest.json', 'params.safetensors']);
  });

  it('as parameters alone', async () => {
    const { params } = fullState();
    await saveCheckpoint(path, fullState(), { contents: 'params' });
    const loaded = await loadCheckpoint(path);
    expect(loaded).toMatchObject({ state: null, manifest: { contents: 'params', step: 7 } });
    expect(bitsOf(loaded.params)).toBe(bitsOf(params));
    expect(bitsOf(await loadParams(path))).toBe(bitsOf(params));
  });

  it('once for arrays that are one: nothing is stored twice, and they are one again', async () => {
    const weight = full([1000], 1);
    const best = full([1000], 2);
    await saveCheckpoint(path, stateOf({ params: { weight }, callbacks: { a: { best: { weight }, other: best }, b: [best] } }));
    const state = (await loadCheckpoint(path)).state!;
    const { a, b } = state.callbacks as { a: { best: { weight: NDArray }; other: NDArray }; b: NDArray[] };
    expect(a.best.weight).toBe(state.params.weight);
    expect(a.other).toBe(b[0]);
    expect(readFileSync(join(path, 'state.safetensors')).length).toBeLessThan(4200);
  });

  it('with places whose paths are the same, and members that are undefined left out', async () => {
    const callbacks = { 'a.b': full([1], 1), a: { b: full([1], 2), 'b#2': full([1], 3), gone: undefined } };
    await saveCheckpoint(path, stateOf({ callbacks }));
    const state = (await loadCheckpoint(path)).state!;
    expect(bitsOf(state.callbacks)).toBe(bitsOf(callbacks));
    expect(state.callbacks.a).not.toHaveProperty('gone');
  });

  it('where two saves of one name come at once, the later one', async () => {
    await Promise.all([1, 2, 3].map((step) => saveCheckpoint(path, fullState(step))));
    expect(bitsOf((await loadCheckpoint(path)).params)).toBe(bitsOf(fullState(3).params));
    expect(readdirSync(directory)).toEqual(['last']);
  });

  it('without holding up the process: other work runs between slices', async () => {
    const state = stateOf({ params: { w: new NDArray('float32', [2 ** 21], new Float32Array(2 ** 21)) } });
    const turns = async (work: Promise<unknown>): Promise<number> => {
      let count = 0;
      let running = true;
      const turn = () => void (running && (count++, setImmediate(turn)));
      turn();
      await work;
      running = false;
      return count;
    };
    // Eight slices: at least one turn for each.
    expect(await turns(saveCheckpoint(path, state))).toBeGreaterThan(8);
    expect(await turns(loadCheckpoint(path))).toBeGreaterThan(8);
  });
});

describe('loadParams', () => {
  it('reads a checkpoint without its state, and bare files', async () => {
    await saveCheckpoint(path, fullState());
    rmSync(join(path, 'state.safetensors'));
    writeFileSync(join(path, 'state.json'), 'broken');
    expect(bitsOf(await loadParams(path))).toBe(bitsOf(fullState().params));
    const file = join(directory, 'model.safetensors');
    await writeSafetensors(file, fullState().params);
    expect(bitsOf(await loadParams(file))).toBe(bitsOf(fullState().params));
  });

  it('verifies what it reads', async () => {
    await saveCheckpoint(path, fullState());
    truncateSync(join(path, 'params.safetensors'), 100);
    await expect(loadParams(path)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT', data: { file: 'params.safetensors' } });
  });

  it('compares with a template', async () => {
    await saveCheckpoint(path, fullState());
    const like = { 'dense.weight': zeros([3, 2]) };
    await expect(loadParams(path, { like })).rejects.toMatchObject({
      code: 'CHECKPOINT_MISMATCH',
      data: {
        differences: [
          "'params.dense.weight' is float32[2, 3] instead of float32[3, 2]",
          "'params.dense.bias' is not expected (float64[1])",
        ],
      },
    });
    expect(Object.keys(await loadParams(path, { like: fullState(1).params }))).toEqual(['dense.weight', 'dense.bias']);
  });
});

describe('a template', () => {
  it('lists every difference', async () => {
    await saveCheckpoint(path, fullState());
    const other = fullState();
    const like: TrainState = {
      ...other,
      params: { 'dense.weight': zeros([2, 3], 'float64'), 'dense.bias': zeros([1], 'float64'), extra: zeros([]) },
      optimizer: { adam: { m: { 'dense.weight': zeros([2]), 'dense.bias': zeros([1], 'float64') } } },
      buffers: { mean: zeros([2], 'float64') },
      variables: { plan: null },
    };
    const error = await loadCheckpoint(path, { like }).catch((refused) => refused);
    expect(error.message).toMatchInlineSnapshot(
      `"The checkpoint '${path}' does not fit in 8 places. Received: 'params.dense.weight' is float32[2, 3] instead of float64[2, 3]; 'params.extra' is missing (float32[]); 'optimizer.adam.m.dense.weight' is float32[2, 3] instead of float32[2]; 'optimizer.adam.count' is not expected (int32[]); 'buffers.seen' is not expected (bool[3]); 'buffers.key' is not expected (uint32[2]); 'variables.plan' is missing; 'variables.instructions' is not expected. Expected: the same names, element types and shapes. Load it into the model and optimizer that wrote it. [CHECKPOINT_MISMATCH]"`,
    );
  });

  it('of the same form passes, whatever the numbers; of parameters alone only these count', async () => {
    await saveCheckpoint(path, fullState());
    expect((await loadCheckpoint(path, { like: fullState(3) })).state!.step).toBe(7);
    await saveCheckpoint(path, fullState(), { contents: 'params' });
    expect((await loadCheckpoint(path, { like: stateOf({ params: fullState().params }) })).state).toBeNull();
    await expect(loadCheckpoint(path, { like: stateOf() })).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH' });
  });
});

describe('a state that cannot be stored is refused by the place, before anything is written', () => {
  class Box {
    readonly x = 1;
  }
  const cycle: Record<string, unknown> = { list: [] };
  (cycle.list as unknown[]).push({ cycle });
  let deep: unknown = 1;
  for (let i = 0; i < 600; i++) deep = [deep];

  it.each<[string, unknown, string, string]>([
    ['a function', { f: () => 1 }, 'callbacks.cb.f', 'a function'],
    ['a bigint', { list: [1, 2n] }, 'callbacks.cb.list.1', 'a bigint'],
    ['a symbol', Symbol('x'), 'callbacks.cb', 'a symbol'],
    ['undefined in a list', [1, undefined], 'callbacks.cb.1', 'undefined'],
    ['a hole in a list', new Array(1), 'callbacks.cb.0', 'undefined'],
    ['an object of a class', { box: new Box() }, 'callbacks.cb.box', 'an object of class Box'],
    ['a map', new Map(), 'callbacks.cb', 'an object of class Map'],
    ['a typed array', new Float32Array(1), 'callbacks.cb', 'an object of class Float32Array'],
    ['a date', { at: new Date(0) }, 'callbacks.cb.at', 'an object of class Date'],
    ['a cycle', cycle, 'callbacks.cb.list.0.cycle', 'an object that contains itself'],
    ['600 levels', deep, `callbacks.cb${'.0'.repeat(498)}`, 'more than 500 levels'],
    ["the key '__proto__'", JSON.parse('{"__proto__":{"x":1}}'), 'callbacks.cb.__proto__', "the key '__proto__'"],
  ])('%s', async (_, value, place, received) => {
    await expect(saveCheckpoint(path, stateOf({ callbacks: { cb: value } }))).rejects.toMatchObject({
      code: 'NOT_JSON',
      message: expect.stringContaining(`'${place.length > 200 ? `${place.slice(0, 200)}…` : place}'. Received: ${received}.`),
      data: { path: place },
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('facts and fingerprints with arrays', async () => {
    const options = { facts: { value: zeros([]) } } as never;
    await expect(saveCheckpoint(path, stateOf(), options)).rejects.toMatchObject({ code: 'NOT_JSON', data: { path: 'facts.value' } });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('names that safetensors does not take', async () => {
    await expect(saveCheckpoint(path, stateOf({ params: { __metadata__: zeros([]) } }))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  it.each<[string, unknown, RegExp]>([
    ['null', null, /it has no 'params'/],
    ['a model', { init: () => ({}) }, /it has no 'params'/],
    ['a number among the parameters', stateOf({ params: { w: 1 as never } }), /'params.w' is not an array/],
    ['a number among the slots', stateOf({ optimizer: { m: { w: 1 } } as never }), /'optimizer.m.w' is not a record/],
    ['a step that is no count', stateOf({ step: 0.5 }), /'step' is not a whole number/],
    ['no meter', { ...stateOf(), meter: undefined }, /'meter' is not a record/],
    ['slots that contain themselves', stateOf({ optimizer: cyclic as never }), /'optimizer.self'.*contains itself/],
  ])('what is no state: %s', async (_, state, message) => {
    await expect(saveCheckpoint(path, state as TrainState)).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID_ARGUMENT|NOT_JSON/),
      message: expect.stringMatching(message),
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('options that do not exist', async () => {
    await expect(saveCheckpoint(path, stateOf(), { content: 'all' } as never)).rejects.toThrow("Did you mean 'contents'?");
    await expect(loadCheckpoint(path, { likes: stateOf() } as never)).rejects.toThrow("Did you mean 'like'?");
  });
});

describe('what is not ours is not touched', () => {
  it.each<[string, () => void]>([
    ['a folder with files of others', () => (mkdirSync(path), writeFileSync(join(path, 'notes.txt'), 'mine'))],
    ['a folder of another program', () => (mkdirSync(path), writeFileSync(join(path, 'params.safetensors'), 'mine'))],
  ])('%s', async (_, make) => {
    make();
    const before = readdirSync(path);
    await expect(saveCheckpoint(path, stateOf())).rejects.toMatchObject({
      code: 'DIRECTORY_FOREIGN',
      message: expect.stringContaining(before[0]),
    });
    expect(readdirSync(directory)).toEqual(['last']);
    expect(readFileSync(join(path, before[0]), 'utf8')).toBe('mine');
  });

  it('a checkpoint to which a file was added', async () => {
    await saveCheckpoint(path, fullState(1));
    writeFileSync(join(path, 'notes.txt'), 'mine');
    await expect(saveCheckpoint(path, fullState(2))).rejects.toMatchObject({ code: 'DIRECTORY_FOREIGN', data: { foreign: ['notes.txt'] } });
    expect((await loadCheckpoint(path)).state!.step).toBe(1);
  });

  it('a file of that name', async () => {
    writeFileSync(path, 'mine');
    await expect(saveCheckpoint(path, stateOf())).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE', cause: { code: 'ENOTDIR' } });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(directory)).toEqual(['last']);
  });

  it('hidden neighbours, unless they are leftovers of this very name', async () => {
    const neighbours = [
      '.last.tmp',
      '.last.12-abc.tmp',
      '.laster.12-0123456789ab.tmp',
      '.last.0123456789ab.old',
      'last.tmp',
      '.last.12-0123456789ab.bak',
    ];
    for (const name of neighbours) writeFileSync(join(directory, name), 'mine');
    // The last process id there is: nobody has it.
    const leftovers = ['.last.4194304-0123456789ab.tmp', `.last.${process.pid}-0123456789ab.tmp`, '.last.4194304-ba9876543210.old'];
    for (const name of leftovers) (mkdirSync(join(directory, name)), writeFileSync(join(directory, name, 'params.safetensors'), ''));
    // Another process is just writing it.
    mkdirSync(join(directory, `.last.${process.ppid}-0123456789ab.tmp`));
    await saveCheckpoint(path, fullState());
    expect(readdirSync(directory).sort()).toEqual([...neighbours, `.last.${process.ppid}-0123456789ab.tmp`, 'last'].sort());
  });
});

describe('damage is found, and the file named', () => {
  it.each(CHECKPOINT_FILES)('%s missing', async (file) => {
    await saveCheckpoint(path, fullState());
    rmSync(join(path, file));
    await expect(loadCheckpoint(path)).rejects.toMatchObject(
      file === 'manifest.json'
        ? { code: 'CHECKPOINT_NOT_FOUND' }
        : { code: 'CHECKPOINT_CORRUPT', message: expect.stringContaining(`${file}: it is missing`) },
    );
  });

  it.each(CHECKPOINT_FILES)('%s cut at any length', async (file) => {
    await saveCheckpoint(path, fullState());
    const whole = readFileSync(join(path, file));
    for (let length = 0; length < whole.length; length += Math.max(1, Math.floor(whole.length / 60))) {
      writeFileSync(join(path, file), whole.subarray(0, length));
      await expect(loadCheckpoint(path), `${length} bytes`).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT', data: { file } });
    }
  });

  it.each(CHECKPOINT_FILES)('%s with bits that flipped', async (file) => {
    await saveCheckpoint(path, fullState());
    const whole = readFileSync(join(path, file));
    for (let bit = 0; bit < whole.length * 8; bit += 1 + Math.floor((whole.length * 8) / 150)) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      writeFileSync(join(path, file), flipped);
      // The number of the format itself may become another.
      await expect(loadCheckpoint(path), `bit ${bit}`).rejects.toMatchObject({
        code: expect.stringMatching(/^CHECKPOINT_(CORRUPT|NEWER|OLDER)$/),
      });
    }
  });

  it.each(CHECKPOINT_FILES)('%s longer than it was', async (file) => {
    await saveCheckpoint(path, fullState());
    writeFileSync(join(path, file), Buffer.concat([readFileSync(join(path, file)), Buffer.from('\n')]));
    await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT', data: { file } });
  });

  it('files of two checkpoints, each whole', async () => {
    await saveCheckpoint(path, fullState(1));
    const other = join(directory, 'other');
    await saveCheckpoint(other, fullState(2));
    cpSync(join(other, 'params.safetensors'), join(path, 'params.safetensors'));
    await expect(loadCheckpoint(path)).rejects.toThrow(/params.safetensors: its check sum is wrong/);
  });

  it('nothing there, and folders that are no checkpoint', async () => {
    await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND', message: expect.stringContaining(path) });
    await expect(loadCheckpoint(join(path, 'a', 'b'))).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
    await expect(loadCheckpoint(directory)).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
    writeFileSync(path, '');
    await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
  });
});

describe('content that somebody made up, with the right check sums', () => {
  beforeEach(async () => void (await saveCheckpoint(path, fullState())));
  const stateJson = () => JSON.parse(readFileSync(join(path, 'state.json'), 'utf8'));
  const refused = async (file: string, reason: RegExp) =>
    expect(loadCheckpoint(path)).rejects.toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      message: expect.stringMatching(reason),
      data: { file },
    });

  it.each<[string, (state: Record<string, unknown>) => unknown, RegExp]>([
    ['no object', () => [], /no JSON object/],
    ['a field missing', ({ step: _, ...rest }) => rest, /'step' is not a whole number/],
    ['a field of another type', (state) => ({ ...state, history: {} }), /'history' is not a list/],
    ['another step than the manifest', (state) => ({ ...state, step: 8 }), /'step' is 8, and 7 in the manifest/],
    [
      'an array that is not there',
      (state) => ({ ...state, callbacks: { a: { $array: 'constructor' } } }),
      /refers to 'constructor', which is not there/,
    ],
    ['a parameter that is not there', (state) => ({ ...state, callbacks: { a: { $param: 'toString' } } }), /refers to 'toString'/],
    ['an array that nothing refers to', (state) => ({ ...state, buffers: {} }), /nothing refers to the array 'buffers.mean'/],
    ['a number that is none', (state) => ({ ...state, seed: { $number: '7' } }), /no such number: '7'/],
    ['a special value of another kind', (state) => ({ ...state, seed: { $date: '7' } }), /the key '\$date'/],
    ['a special value of no text', (state) => ({ ...state, seed: { $number: {} } }), /'\$number' without a text/],
    ['a key with one dollar', (state) => ({ ...state, callbacks: { $a: 1, b: 2 } }), /the key '\$a'/],
  ])('%s', async (_, change, reason) => {
    forge(path, 'state.json', JSON.stringify(change(stateJson())));
    await refused('state.json', reason);
  });

  it('nested without end', async () => {
    for (const text of [
      '['.repeat(1e6) + ']'.repeat(1e6),
      '{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5),
      `{"callbacks":{"a":${'['.repeat(600)}${']'.repeat(600)}}}`,
    ]) {
      forge(path, 'state.json', text);
      await refused('state.json', /no JSON object|more than 500 levels/);
    }
  });

  it("keys like '__proto__', 'constructor' and 'prototype' reach no prototype", async () => {
    const state = stateJson();
    for (const text of ['{"__proto__":{"polluted":true}}', '{"callbacks":{"a":{"__proto__":{"polluted":true}}}}']) {
      forge(path, 'state.json', text);
      await refused('state.json', /the key '__proto__'/);
    }
    forge(
      path,
      'state.json',
      JSON.stringify({ ...state, callbacks: { ...state.callbacks, constructor: { prototype: { polluted: true } } } }),
    );
    const { callbacks } = (await loadCheckpoint(path)).state!;
    expect(Object.hasOwn(callbacks, 'constructor')).toBe(true);
    forgeManifest(path, (manifest) => ({ ...manifest, facts: JSON.parse('{"constructor":{"prototype":{"polluted":true}}}') }));
    await loadCheckpoint(path);
    forgeManifest(path, (manifest) => ({ ...manifest, facts: JSON.parse('{"__proto__":{"polluted":true}}') }));
    await refused('manifest.json', /the key '__proto__'/);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(callbacks)).toBe(Object.prototype);
  });

  it.each<[string, (manifest: Manifest) => object, RegExp]>([
    ['other files', (m) => ({ ...m, files: { ...m.files, '../../secret': { bytes: 1, sha256: '' } } }), /names the files .*secret/],
    ['files missing', ({ files: { 'state.json': _, ...files }, ...m }) => ({ ...m, files }), /where .* belong to it/],
    ['facts of a file missing', (m) => ({ ...m, files: { ...m.files, 'state.json': null } }), /'files.state.json' is not a record/],
    [
      'a size that is no count',
      (m) => ({ ...m, files: { ...m.files, 'state.json': { bytes: -1, sha256: '' } } }),
      /'files.state.json.bytes'/,
    ],
    ['unknown contents', (m) => ({ ...m, contents: 'some' }), /where params.safetensors belong to it/],
    ['a step that is none', (m) => ({ ...m, step: null }), /'step' is not a whole number/],
    ['facts that refer to an array', (m) => ({ ...m, facts: { $param: 'dense.weight' } }), /the key '\$param'/],
    ['no facts', ({ facts: _, ...m }) => m, /'facts' is not a record/],
  ])('a manifest with %s', async (_, change, reason) => {
    forgeManifest(path, change);
    await refused('manifest.json', reason);
  });

  it('parameters of an element type that Gradus lacks', async () => {
    const bytes = Buffer.from(encodeSafetensors({ h: asarray([1]) }));
    forge(path, 'params.safetensors', Buffer.from(bytes.toString('latin1').replace('F32', 'U16').replace('[1]', '[2]'), 'latin1'));
    await refused('params.safetensors', /tensor 'h' has the element type U16/);
  });
});

describe('formats', () => {
  /** A checkpoint that says it has another format. */
  const ofFormat = async (format: unknown) => {
    await saveCheckpoint(path, fullState());
    forgeManifest(path, (manifest) => ({ ...manifest, format }));
  };

  it('of the future are refused, also when their manifest is unlike ours', async () => {
    await ofFormat('gradus-checkpoint/2');
    const refusal = {
      code: 'CHECKPOINT_NEWER',
      message: expect.stringMatching(/gradus-checkpoint\/2.*Update/),
      data: { format: 'gradus-checkpoint/2' },
    };
    await expect(loadCheckpoint(path)).rejects.toMatchObject(refusal);
    await expect(loadParams(path)).rejects.toMatchObject(refusal);
    writeFileSync(join(path, 'manifest.json'), '{"format":"gradus-checkpoint/2","sealed":"otherwise"}');
    await expect(loadCheckpoint(path)).rejects.toMatchObject(refusal);
  });

  it.each([undefined, 3, 'gradus-checkpoint', 'gradus-run/1', 'gradus-checkpoint/1 '])('called %j are none', async (format) => {
    await ofFormat(format);
    await expect(loadCheckpoint(path)).rejects.toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      message: expect.stringContaining("'format' names no format"),
    });
  });

  // Format 2 counted epochs as `epochsDone`; format 3 is today's. Format 1 had slots under `slots`.
  const rename = (json: unknown, from: string, to: string) =>
    Object.fromEntries(Object.entries(json as object).map(([key, value]) => [key === from ? to : key, value]));
  const migrations: Record<string, Migration> = {
    'gradus-checkpoint/1': (raw) => ({
      ...raw,
      manifest: { ...raw.manifest, format: 'gradus-checkpoint/2' },
      json: rename(raw.json, 'slots', 'optimizer'),
    }),
    'gradus-checkpoint/2': (raw) => ({
      ...raw,
      manifest: { ...raw.manifest, format: 'gradus-checkpoint/3' },
      json: rename(raw.json, 'epochsDone', 'epoch'),
    }),
  };
  const current = 'gradus-checkpoint/3';
  const makeOld = async (format: string, ...renames: [string, string][]) => {
    await saveCheckpoint(path, fullState());
    const json = renames.reduce((now, [from, to]) => rename(now, from, to), JSON.parse(readFileSync(join(path, 'state.json'), 'utf8')));
    forge(path, 'state.json', JSON.stringify(json));
    forgeManifest(path, (manifest) => ({ ...manifest, format }));
  };

  it.each([
    [
      'gradus-checkpoint/1',
      [
        ['optimizer', 'slots'],
        ['epoch', 'epochsDone'],
      ],
    ],
    ['gradus-checkpoint/2', [['epoch', 'epochsDone']]],
    ['gradus-checkpoint/3', []],
  ] as [string, [string, string][]][])('of the past are migrated, one after the other: %s', async (format, renames) => {
    await makeOld(format, ...renames);
    const { state, manifest } = await loadFormats(path, { current, migrations });
    expect(manifest.format).toBe(current);
    expect(state).toEqual(fullState());
  });

  it('of the past without a migration are refused', async () => {
    await makeOld('gradus-checkpoint/1');
    await expect(
      loadFormats(path, { current, migrations: { 'gradus-checkpoint/2': migrations['gradus-checkpoint/2'] } }),
    ).rejects.toMatchObject({
      code: 'CHECKPOINT_OLDER',
      message: expect.stringContaining('Expected: gradus-checkpoint/2, gradus-checkpoint/3'),
    });
  });

  it('a migration that fails or leads nowhere is an error with a code', async () => {
    await makeOld('gradus-checkpoint/1');
    const broken = (migration: Migration) => loadFormats(path, { current, migrations: { 'gradus-checkpoint/1': migration } });
    await expect(
      broken(() => {
        throw new TypeError('x is undefined');
      }),
    ).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT', cause: expect.any(TypeError) });
    await expect(broken((raw) => raw)).rejects.toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      message: expect.stringContaining('leads to gradus-checkpoint/1'),
    });
  });

  it('a checkpoint of format 1, as the first version wrote it, is read for ever', async () => {
    const { state, manifest } = await loadCheckpoint(fileURLToPath(new URL('../test/golden/format-1', import.meta.url)));
    expect(bitsOf(inOrder(state!))).toBe(bitsOf(inOrder(fullState())));
    expect(manifest.facts).toEqual({ monitor: 'loss', value: NaN });
  });
});

describe('between the two moves of a replacement', () => {
  /** What a crash leaves then. */
  const crashed = async (): Promise<string> => {
    await saveCheckpoint(path, fullState(1));
    const aside = join(directory, '.last.4194304-0123456789ab.old');
    renameSync(path, aside);
    return aside;
  };

  it('the old one is found', async () => {
    await crashed();
    expect((await loadCheckpoint(path)).state!.step).toBe(1);
    expect(bitsOf(await loadParams(path))).toBe(bitsOf(fullState(1).params));
  });

  it('it stays until the next one has its place', async () => {
    const aside = await crashed();
    await expect(saveCheckpoint(path, stateOf({ callbacks: { f: () => 1 } }))).rejects.toMatchObject({ code: 'NOT_JSON' });
    expect(existsSync(aside)).toBe(true);
    await saveCheckpoint(path, fullState(2));
    expect(readdirSync(directory)).toEqual([basename(path)]);
    expect((await loadCheckpoint(path)).state!.step).toBe(2);
  });

  it('one that is half removed is none', async () => {
    const aside = await crashed();
    rmSync(join(aside, 'manifest.json'));
    await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
  });
});

it('says why the system does not let a file be read', async () => {
  await saveCheckpoint(path, fullState());
  const file = join(path, 'state.json');
  rmSync(file);
  mkdirSync(file);
  forgeManifest(path, (manifest) => ({
    ...manifest,
    files: { ...manifest.files, 'state.json': { bytes: statSync(file).size, sha256: '' } },
  }));
  await expect(loadCheckpoint(path)).rejects.toMatchObject({
    code: 'CHECKPOINT_UNREADABLE',
    cause: { code: 'EISDIR' },
    data: { path: file },
  });
});
