/** Models written by Gradus, and protobufs written by hand field by field, as other tools write them. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { add, asarray, concat, scan, trace, type DType, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { decodeModel, decodeOptional, decodeSequence, decodeTensor, encodeModel, lower, toNDArray, type TensorProto } from './index.js';

type Content = string | Uint8Array | bigint | { readonly float: number } | { readonly double: number } | { readonly packed: readonly (number | bigint)[]; readonly as: 'float' | 'double' | 'varint' };

/** A message of these fields, in this order: `[number, content]`. */
function message(...fields: readonly (readonly [number, Content])[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, content] of fields) {
    if (typeof content === 'string') writer.tag(number, WireType.LengthDelimited).string(content);
    else if (content instanceof Uint8Array) writer.tag(number, WireType.LengthDelimited).bytes(content);
    else if (typeof content === 'bigint') writer.tag(number, WireType.Varint).int64(content);
    else if ('float' in content) writer.tag(number, WireType.Bit32).float(content.float);
    else if ('double' in content) writer.tag(number, WireType.Bit64).double(content.double);
    else {
      writer.tag(number, WireType.LengthDelimited).fork();
      for (const n of content.packed) {
        if (content.as === 'float') writer.float(Number(n));
        else if (content.as === 'double') writer.double(Number(n));
        else writer.int64(n);
      }
      writer.join();
    }
  }
  return writer.finish();
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** A node, as a graph with nothing else, as a model. */
const modelOf = (...nodes: Uint8Array[]): Uint8Array => message([1, 8n], [7, message(...nodes.map((node) => [1, node] as const))], [8, message([2, 18n])]);

describe('a model that Gradus wrote', () => {
  const { graph } = trace((x: Tensor) => concat([add(x, asarray([1, -2])), x]), { dtype: 'float32', shape: [2] });
  const model = decodeModel(encodeModel(graph, { name: 'tiny' }));

  it('has the nodes, names, types and attributes of what was written', () => {
    const written = lower(graph, 'tiny');
    expect(model).toMatchObject({ irVersion: 8, producerName: 'gradus', graph: { name: 'tiny' } });
    expect([...model.opsets]).toEqual([['', 18]]);
    expect(model.graph.nodes.map(({ name, type, inputs, outputs }) => ({ name, type, inputs, outputs }))).toEqual(
      written.nodes.map(({ name, type, inputs, outputs }) => ({ name, type, inputs, outputs })),
    );
    expect([...model.graph.nodes[1].attributes]).toEqual([['axis', { int: 0n }]]);
    expect(model.graph.inputs).toEqual([{ name: '0', docString: '', type: { kind: 'tensor', elementType: 'float32', shape: [2] } }]);
    expect(model.graph.outputs[0].type).toEqual({ kind: 'tensor', elementType: 'float32', shape: [4] });
    expect(toNDArray(model.graph.initializers[0]).toArray()).toEqual([1, -2]);
  });

  it('has the bodies of control flow', () => {
    const running = trace((xs: Tensor) => scan((s: Tensor, x: Tensor) => [add(s, x), s] as const, asarray(0), xs)[1], { dtype: 'float32', shape: [3] });
    const [node] = decodeModel(encodeModel(running.graph)).graph.nodes.filter(({ type }) => type === 'Scan');
    const body = node.attributes.get('body')!;
    expect('graph' in body && body.graph.nodes.map(({ type }) => type)).toContain('Add');
    expect(node.attributes.get('num_scan_inputs')).toEqual({ int: 1n });
  });
});

describe('a tensor', () => {
  const typed = (type: number, field: number, ...contents: Content[]): TensorProto =>
    decodeTensor(message([1, BigInt(2)], [2, BigInt(type)], ...contents.map((content) => [field, content] as const)));
  const values = (proto: TensorProto): unknown => toNDArray(proto).toArray();

  it.each([
    ['float32', 1, 4, { packed: [1.5, -2], as: 'float' }, [1.5, -2]],
    ['int32', 6, 5, { packed: [-1, 7], as: 'varint' }, [-1, 7]],
    ['bool', 9, 5, { packed: [1, 0], as: 'varint' }, [true, false]],
    ['int64', 7, 7, { packed: [-(2n ** 40n), 3n], as: 'varint' }, [-(2 ** 40), 3]],
    ['float64', 11, 10, { packed: [1e300, 0.1], as: 'double' }, [1e300, 0.1]],
    ['uint32', 12, 11, { packed: [4294967295n, 1n], as: 'varint' }, [4294967295, 1]],
  ] as const)('has typed data: %s', (dtype, type, field, content, expected) => {
    const proto = typed(type, field, content);
    expect([proto.elementType, values(proto)]).toEqual([dtype as DType, expected]);
  });

  it('has repeated fields one by one as well', () => {
    expect(values(typed(1, 4, { float: 1.5 }, { float: -2 }))).toEqual([1.5, -2]);
    expect(values(typed(7, 7, -5n, 6n))).toEqual([-5, 6]);
  });

  it('keeps every element type, as the bytes that raw data has', () => {
    const bytes = (type: number, ...list: number[]): number[] => [...typed(type, 5, { packed: list, as: 'varint' }).bytes];
    expect(bytes(3, -1, 5)).toEqual([0xff, 5]);
    expect(bytes(2, 200, 5)).toEqual([200, 5]);
    expect(bytes(5, -2, 3)).toEqual([0xfe, 0xff, 3, 0]);
    expect(bytes(10, 0x3c00, 0xc000)).toEqual([0, 0x3c, 0, 0xc0]);
    expect([...typed(13, 11, { packed: [-(2n ** 63n), 1n], as: 'varint' }).bytes]).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0]);
    // Two elements of four bits in one byte.
    expect([...typed(22, 9, Uint8Array.of(0x2f)).bytes]).toEqual([0x2f]);
    expect(typed(14, 4, { packed: [1, 2, 3, 4], as: 'float' }).elementType).toBe('complex64');
    expect(typed(8, 6, utf8('a'), Uint8Array.of(0xff)).strings).toEqual([utf8('a'), Uint8Array.of(0xff)]);
  });

  it('of another type is no array', () => {
    expect(() => toNDArray(typed(10, 5, { packed: [0, 0], as: 'varint' }))).toThrow(/does not compute with.*float16.*DTYPE_MISMATCH/);
  });

  it('may be a scalar, empty, or in another file', () => {
    expect(values(decodeTensor(message([2, 1n], [9, new Uint8Array(4)])))).toBe(0);
    expect(values(decodeTensor(message([1, 0n], [2, 7n])))).toEqual([]);
    const external = decodeTensor(message([1, 9n], [2, 1n], [8, 'w'], [13, message([1, 'location'], [2, 'weights.bin'])], [14, 1n]));
    expect([...external.external!]).toEqual([['location', 'weights.bin']]);
    expect(() => toNDArray(external)).toThrow(/'w' is kept in a file of its own.*weights.bin.*INVALID_ONNX/);
  });

  it('that does not fit its shape is refused', () => {
    expect(() => decodeTensor(message([1, 3n], [2, 1n], [8, 'w'], [9, new Uint8Array(8)]))).toThrow(/'w' does not fit its shape.*8 bytes.*12 for float32\[3\].*INVALID_ONNX/);
    expect(() => decodeTensor(message([1, 1n], [2, 99n]))).toThrow(/No such element type.*DataType 99.*INVALID_ONNX/);
  });
});

describe('an attribute', () => {
  const one = message([2, 1n], [9, new Uint8Array(4)]);
  const attributes = (...fields: Uint8Array[]): Map<string, unknown> =>
    new Map(decodeModel(modelOf(message(...fields.map((field) => [5, field] as const), [4, 'X']))).graph.nodes[0].attributes);

  it('has any type', () => {
    const found = attributes(
      message([1, 'f'], [2, { float: 0.5 }], [20, 1n]),
      message([1, 'i'], [3, 9223372036854775807n], [20, 2n]),
      message([1, 's'], [4, Uint8Array.of(0xff)], [20, 3n]),
      message([1, 't'], [5, one], [20, 4n]),
      message([1, 'g'], [6, message([2, 'body'])], [20, 5n]),
      message([1, 'fs'], [7, { float: 1 }], [7, { float: 2 }], [20, 6n]),
      message([1, 'is'], [8, { packed: [1, -2], as: 'varint' }], [20, 7n]),
      message([1, 'ss'], [9, 'a'], [9, 'b'], [20, 8n]),
      message([1, 'ts'], [10, one], [20, 9n]),
      message([1, 'gs'], [11, message([2, 'body'])], [20, 10n]),
      message([1, 'type'], [14, message([4, message([1, message([1, message([1, 1n])])])])], [20, 13n]),
    );
    expect(found.get('f')).toEqual({ float: 0.5 });
    expect(found.get('i')).toEqual({ int: 9223372036854775807n });
    expect(found.get('s')).toEqual({ string: Uint8Array.of(0xff) });
    expect(found.get('t')).toMatchObject({ tensor: { elementType: 'float32', shape: [] } });
    expect(found.get('g')).toMatchObject({ graph: { name: 'body' } });
    expect(found.get('fs')).toEqual({ floats: [1, 2] });
    expect(found.get('is')).toEqual({ ints: [1n, -2n] });
    expect((found.get('ss') as { strings: Uint8Array[] }).strings.map(text)).toEqual(['a', 'b']);
    expect(found.get('ts')).toMatchObject({ tensors: [{ elementType: 'float32' }] });
    expect(found.get('gs')).toMatchObject({ graphs: [{ name: 'body' }] });
    expect(found.get('type')).toEqual({ type: { kind: 'sequence', element: { kind: 'tensor', elementType: 'float32', shape: null } } });
  });

  it('may be empty, the default of its type, without a type, or a reference', () => {
    const found = attributes(
      message([1, 'none'], [20, 7n]),
      message([1, 'zero'], [20, 2n]),
      message([1, 'old'], [8, 3n]),
      message([1, 'ref'], [21, 'outer'], [20, 2n]),
    );
    expect([...found]).toEqual([['none', { ints: [] }], ['zero', { int: 0n }], ['old', { ints: [3n] }], ['ref', { reference: 'outer' }]]);
    expect([...attributes(message([1, 'sparse'], [22, one], [20, 11n]))]).toEqual([['sparse', { unread: 11 }]]);
  });
});

it('types, domains, functions, documentation and metadata are read; unknown fields are skipped', () => {
  const tensorType = message([1, message([1, 1n], [2, message([1, message([1, 3n])], [1, message([2, 'n'])], [1, message()])])]);
  const model = decodeModel(
    message(
      [1, 7n], [2, 'tool'], [3, '1.0'], [4, 'org'], [5, 12n], [6, 'doc'], [99, 'unknown'],
      [7, message(
        [10, 'about'],
        [11, message([1, 'x'], [2, tensorType], [3, 'input'])],
        [13, message([1, 'm'], [2, message([5, message([1, 7n], [2, tensorType])])])],
        [12, message([1, 'y'], [2, message([9, message([1, tensorType])])])],
      )],
      [8, message([1, 'ai.onnx'], [2, 17n])], [8, message([1, 'local'], [2, 1n])],
      [14, message([1, 'author'], [2, 'someone'])],
      [25, message([1, 'F'], [4, 'a'], [5, 'b'], [6, 'alpha'], [7, message([1, 'a'], [2, 'b'], [4, 'Abs'], [7, 'ai.onnx'])], [9, message([1, ''], [2, 13n])], [10, 'local'], [11, message([1, 'beta'], [2, { float: 2 }], [20, 1n])])],
    ),
  );
  expect(model).toMatchObject({ irVersion: 7, producerName: 'tool', producerVersion: '1.0', domain: 'org', modelVersion: 12n, docString: 'doc' });
  expect([...model.opsets]).toEqual([['', 17], ['local', 1]]);
  expect([...model.metadata]).toEqual([['author', 'someone']]);
  const element = { kind: 'tensor', elementType: 'float32', shape: [3, 'n', null] };
  expect(model.graph.inputs).toEqual([{ name: 'x', docString: 'input', type: element }]);
  expect(model.graph.values[0].type).toEqual({ kind: 'map', key: 'int64', value: element });
  expect(model.graph.outputs[0].type).toEqual({ kind: 'optional', element });
  const [fn] = model.functions;
  expect(fn).toMatchObject({ name: 'F', domain: 'local', inputs: ['a'], outputs: ['b'], attributes: ['alpha'] });
  expect(fn.nodes[0]).toMatchObject({ type: 'Abs', domain: '' });
  expect([[...fn.opsets], [...fn.attributeDefaults]]).toEqual([[['', 13]], [['beta', { float: 2 }]]]);
});

it('sequences and optional values are read', () => {
  const one = message([1, 1n], [2, 7n], [7, 5n]);
  expect(decodeSequence(message([1, 's'], [2, 1n], [3, one], [3, one]))).toMatchObject([{ shape: [1] }, { shape: [1] }]);
  expect(decodeOptional(message([2, 1n], [3, one]))).toMatchObject({ elementType: 'int64' });
  expect(decodeOptional(message([2, 2n], [5, message([3, one])]))).toMatchObject([{ elementType: 'int64' }]);
  expect(decodeOptional(message([2, 1n]))).toBeNull();
});

describe('bytes that are no model', () => {
  const good = encodeModel(trace((x: Tensor) => add(x, x), { dtype: 'float32', shape: [2] }).graph);

  it('are refused with a code, wherever they end', () => {
    expect(() => decodeModel(new Uint8Array(0))).toThrow(/no graph.*INVALID_ONNX/);
    expect(() => decodeModel(utf8('not a model at all'))).toThrow(/INVALID_ONNX/);
    const codes = Array.from(good.keys(), (length) => {
      try {
        decodeModel(good.subarray(0, length));
        return 'none';
      } catch (error) {
        return (error as { code?: string }).code;
      }
    });
    // Between two fields of the model it is whole by chance.
    expect(new Set(codes)).toEqual(new Set(['INVALID_ONNX', 'none']));
    expect(codes.filter((code) => code === 'none').length).toBeLessThan(3);
  });

  it('share no memory with what is read from them', () => {
    const bytes = encodeModel(trace((x: Tensor) => add(x, asarray([1, 2])), { dtype: 'float32', shape: [2] }).graph);
    const array = toNDArray(decodeModel(bytes).graph.initializers[0]);
    bytes.fill(0);
    expect(array.toArray()).toEqual([1, 2]);
  });
});
