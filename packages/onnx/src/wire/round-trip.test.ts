/** Messages of every kind go to bytes and back, in memory and through files; nothing is lost, and nothing is written in another way. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseModel, readModelFile, serializeModel } from '../index.js';
import type { Fields, Kind, Message } from './message.js';
import { ModelFields } from './schema.js';

const folder = mkdtempSync(join(tmpdir(), 'gradus-wire-'));
afterAll(() => rmSync(folder, { recursive: true }));

const testdata = process.env.GRADUS_ONNX_TESTDATA ?? '/usr/share/libonnx-testdata/data';
const golden = JSON.parse(readFileSync(new URL('../../test/golden/models.json', import.meta.url), 'utf8')) as { name: string; model: string }[];

const ofFile = (bytes: Uint8Array): unknown => {
  const path = join(folder, 'model.onnx');
  writeFileSync(path, bytes);
  return readModelFile(path, { externalData: 'keep' });
};

it.each(golden.map(({ name, model }) => [name, model] as const))('%s: the same bytes', (_, model) => {
  const bytes = Buffer.from(model, 'base64');
  const message = parseModel(bytes);
  expect(Buffer.from(serializeModel(message)).equals(bytes)).toBe(true);
  expect(ofFile(bytes)).toEqual(message);
});

describe.skipIf(!existsSync(testdata))('the models of ONNX', () => {
  const files = existsSync(testdata)
    ? readdirSync(testdata, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.onnx')).sort()
    : [];

  it('come out byte for byte', () => {
    const others = files.filter((file) => {
      const bytes = readFileSync(join(testdata, file));
      return !Buffer.from(serializeModel(parseModel(bytes))).equals(bytes);
    });
    expect([files.length > 1000, others]).toEqual([true, []]);
  });
});

describe('any message', () => {
  const values: Record<Kind, fc.Arbitrary<unknown>> = {
    double: fc.double(), float: fc.float(), int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    int32: fc.integer(), text: fc.string({ unit: 'grapheme' }), bytes: fc.uint8Array(),
  };
  const packed = { double: Float64Array, float: Float32Array, int64: BigInt64Array, uint64: BigUint64Array, int32: Int32Array } as const;
  const typed = (kind: keyof typeof packed): fc.Arbitrary<unknown> =>
    fc.array(values[kind], { minLength: 1, maxLength: 4 }).map((list) => (packed[kind] as unknown as { from(list: unknown[]): unknown }).from(list));

  const known = new Map<Fields, Map<number, fc.Arbitrary<Message>>>();
  /** A message with any of its fields; messages inside have a level less, and none below the last. */
  const message = (fields: Fields, levels: number): fc.Arbitrary<Message> => {
    const own = known.get(fields) ?? new Map<number, fc.Arbitrary<Message>>();
    known.set(fields, own);
    if (!own.has(levels)) own.set(levels, build(fields, levels));
    return own.get(levels)!;
  };
  const build = (fields: Fields, levels: number): fc.Arbitrary<Message> => {
    const entries = Object.entries(fields).flatMap(([key, [, kind, many]]) => {
      if (typeof kind !== 'string') {
        if (levels === 0) return [];
        const inner = message(kind(), levels - 1);
        return [[key, many === undefined ? inner : fc.array(inner, { minLength: 1, maxLength: 1 })] as const];
      }
      if (many === 'packed') return [[key, typed(kind as keyof typeof packed)] as const];
      return [[key, many === undefined ? values[kind] : fc.array(values[kind], { minLength: 1, maxLength: 3 })] as const];
    });
    return fc.record(Object.fromEntries(entries), { requiredKeys: [] }) as fc.Arbitrary<Message>;
  };

  it('of any depth is the same after a round trip, in memory and in a file', () => {
    fc.assert(
      fc.property(message(ModelFields, 3), (original) => {
        const bytes = serializeModel(original);
        expect(parseModel(bytes)).toEqual(original);
        expect(serializeModel(parseModel(bytes))).toEqual(bytes);
        expect(ofFile(bytes)).toEqual(original);
      }),
      { numRuns: 30 },
    );
  });
});

describe('what no table knows', () => {
  const strange = new BinaryWriter().tag(99, WireType.Varint).uint64(2n ** 40n).tag(98, WireType.Bit32).fixed32(7).tag(97, WireType.Bit64).fixed64(8n)
    .tag(96, WireType.LengthDelimited).string('of a later ONNX').finish();

  it('is kept, at the end of its message', () => {
    const graph = new BinaryWriter().raw(strange).tag(2, WireType.LengthDelimited).string('g').finish();
    const bytes = new BinaryWriter().raw(strange).tag(7, WireType.LengthDelimited).bytes(graph).finish();
    const message = parseModel(bytes);
    expect(message).toEqual({ graph: { name: 'g', unknown: strange }, unknown: strange });
    expect(parseModel(serializeModel(message))).toEqual(message);
  });

  it('may be a known number with another kind of value', () => {
    const bytes = new BinaryWriter().tag(1, WireType.LengthDelimited).string('no version').finish();
    expect(parseModel(bytes)).toEqual({ unknown: bytes });
    expect(serializeModel(parseModel(bytes))).toEqual(bytes);
  });
});

it('numbers of a list may be packed or not, whatever the table says', () => {
  const dims = new BinaryWriter().tag(1, WireType.LengthDelimited).fork().int64(2n).int64(300n).join();
  const tensor = dims.tag(4, WireType.Bit32).float(1.5).tag(4, WireType.LengthDelimited).fork().float(2.5).float(-3).join().tag(4, WireType.Bit32).float(4).finish();
  const graph = new BinaryWriter().tag(5, WireType.LengthDelimited).bytes(tensor).finish();
  const message = parseModel(new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(graph).finish());
  expect(message.graph?.initializer).toEqual([{ dims: [2n, 300n], floatData: Float32Array.of(1.5, 2.5, -3, 4) }]);
});

it('a message that comes twice is one message', () => {
  const part = (field: number, text: string): Uint8Array => new BinaryWriter().tag(field, WireType.LengthDelimited).string(text).finish();
  const bytes = new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(part(2, 'g')).tag(7, WireType.LengthDelimited).bytes(part(10, 'doc')).finish();
  expect(parseModel(bytes)).toEqual({ graph: { name: 'g', docString: 'doc' } });
});

describe('bytes that are no model', () => {
  const refused = (bytes: Uint8Array, reason: RegExp): void => {
    expect(() => parseModel(bytes)).toThrow(reason);
    expect(() => ofFile(bytes)).toThrow(reason);
  };

  it('say what is wrong with them', () => {
    const length = (n: bigint): BinaryWriter => new BinaryWriter().tag(7, WireType.LengthDelimited).uint64(n);
    refused(length(10n).finish(), /a length of 10 where 0 bytes are left.*INVALID_ONNX/);
    refused(length(2n ** 62n).finish(), /a length of 4611686018427388000 where 0 bytes are left.*INVALID_ONNX/);
    refused(new BinaryWriter().tag(1, WireType.StartGroup).finish(), /a group as field 1.*INVALID_ONNX/);
    refused(Uint8Array.of(8), /INVALID_ONNX/);
    refused(Uint8Array.of(0x12, 1, 0xff), /INVALID_ONNX/);
    // A number that reaches over the end of its message.
    refused(new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(Uint8Array.of(0x10)).tag(1, WireType.Varint).int64(8n).finish(), /INVALID_ONNX/);
  });

  it('are refused where they nest without end', () => {
    // Graphs in attributes in nodes in graphs.
    let graph = new Uint8Array(0);
    for (let depth = 0; depth < 100; depth++) {
      for (const field of [6, 5, 1]) graph = new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(graph).finish() as Uint8Array<ArrayBuffer>;
    }
    refused(new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(graph).finish(), /nested deeper than 100.*INVALID_ONNX/);
  });
});
