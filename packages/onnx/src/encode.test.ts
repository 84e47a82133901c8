/** The bytes are those that onnx.proto asks for, read back by field number. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { add, asarray, concat, trace, uniform, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { encodeLoop, encodeModel } from './index.js';

type Field = number | Uint8Array;

/** The fields of a message: numbers, or bytes that may be a message themselves. */
function fields(bytes: Uint8Array): Map<number, Field[]> {
  const reader = new BinaryReader(bytes);
  const found = new Map<number, Field[]>();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value = type === WireType.LengthDelimited ? reader.bytes() : type === WireType.Bit32 ? reader.float() : Number(reader.int64());
    found.set(field, [...(found.get(field) ?? []), value]);
  }
  return found;
}

/** Follows field numbers into nested messages: `at(bytes, 7, 1)` are the nodes of the graph of a model. */
const at = (bytes: Uint8Array, ...path: number[]): Field[] =>
  path.reduce<Field[]>((messages, field) => messages.flatMap((message) => fields(message as Uint8Array).get(field) ?? []), [bytes]);

const text = (values: Field[]): string[] => values.map((value) => new TextDecoder().decode(value as Uint8Array));

describe('a model', () => {
  const { graph } = trace((x: Tensor) => concat([add(x, asarray([1, -2])), x]), { dtype: 'float32', shape: [2] });
  const bytes = encodeModel(graph, { name: 'tiny' });

  it('says what it is', () => {
    expect(at(bytes, 1)).toEqual([8]);
    expect(text(at(bytes, 2))).toEqual(['gradus']);
    expect(text(at(bytes, 8, 1))).toEqual(['']);
    expect(at(bytes, 8, 2)).toEqual([18]);
    expect(text(at(bytes, 7, 2))).toEqual(['tiny']);
  });

  it('has nodes with inputs, outputs, names, types and attributes', () => {
    const [first, second] = at(bytes, 7, 1) as Uint8Array[];
    expect([1, 2, 3, 4].map((field) => text(at(first, field)))).toEqual([['0', 'constant_0'], ['Add_0.out'], ['Add_0'], ['Add']]);
    expect([1, 2, 3, 4].map((field) => text(at(second, field)))).toEqual([['Add_0.out', '0'], ['output'], ['Concat_0'], ['Concat']]);
    expect([text(at(second, 5, 1)), at(second, 5, 3), at(second, 5, 20)]).toEqual([['axis'], [0], [2]]);
  });

  it('has constants as raw little-endian data', () => {
    expect([at(bytes, 7, 5, 1), at(bytes, 7, 5, 2), text(at(bytes, 7, 5, 8))]).toEqual([[2], [1], ['constant_0']]);
    expect(at(bytes, 7, 5, 9)).toEqual([Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0)]);
  });

  it('has typed inputs and outputs', () => {
    expect([text(at(bytes, 7, 11, 1)), at(bytes, 7, 11, 2, 1, 1), at(bytes, 7, 11, 2, 1, 2, 1, 1)]).toEqual([['0'], [1], [2]]);
    expect([text(at(bytes, 7, 12, 1)), at(bytes, 7, 12, 2, 1, 1), at(bytes, 7, 12, 2, 1, 2, 1, 1)]).toEqual([['output'], [1], [4]]);
  });
});

it('a scalar has a shape without axes, which is not a missing shape', () => {
  const { graph } = trace((x: Tensor) => add(x, 1), { dtype: 'float64', shape: [] });
  expect(at(encodeModel(graph), 7, 11, 2, 1, 2)).toEqual([new Uint8Array(0)]);
});

it('integer attributes and lists keep their type, uint32 and int64 constants theirs', () => {
  const { graph } = trace((key: Tensor) => uniform(key, [2]), { dtype: 'uint32', shape: [2] });
  const bytes = encodeModel(graph);
  expect(new Set(at(bytes, 7, 5, 2))).toEqual(new Set([12, 7, 1]));
});

it('a loop is a Scan with a body and a free leading axis', () => {
  const { graph } = trace((s: Tensor, x: Tensor) => add(s, x), { dtype: 'float32', shape: [3] }, { dtype: 'float32', shape: [3] });
  const bytes = encodeLoop(graph, { carried: 1, scanned: 1 });
  expect(text(at(bytes, 7, 1, 4))).toEqual(['Scan']);
  expect([text(at(bytes, 7, 1, 5, 1)), at(bytes, 7, 1, 5, 20)]).toEqual([['num_scan_inputs', 'body'], [2, 5]]);
  expect(text(at(bytes, 7, 1, 5, 6, 1, 4))).toEqual(['Add']);
  expect(text(at(bytes, 7, 11, 2, 1, 2, 1, 2))).toEqual(['K']);
});
