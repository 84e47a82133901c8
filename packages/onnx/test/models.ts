/** Models as `decodeModel` would give them, written by hand in a few words. */
import type { NDArray } from '@gradus/graph';
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, TypeProto, ValueProto } from '../src/index.js';

/** A value written as JavaScript has it: whole numbers are ints (for a float say `{ float }`), and so on. */
export type AttributeLike = number | string | NDArray | GraphProto | readonly number[] | AttributeProto;

export function attribute(value: AttributeLike): AttributeProto {
  if (typeof value === 'number') return { int: BigInt(value) };
  if (typeof value === 'string') return { string: new TextEncoder().encode(value) };
  if (Array.isArray(value)) return { ints: value.map((n) => BigInt(n as number)) };
  if ('data' in value) return { tensor: tensor('', value) };
  return 'nodes' in value ? { graph: value } : (value as AttributeProto);
}

const tensor = (name: string, { dtype, shape, data }: NDArray): TensorProto => ({
  name,
  docString: '',
  elementType: dtype,
  shape,
  bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  strings: [],
});

/** `node('Add', 'a b', 'y')`: names apart by spaces, `_` for one that is left out. */
export const node = (type: string, inputs: string, outputs: string, attributes: Record<string, AttributeLike> = {}): NodeProto => ({
  name: '',
  type: type.includes('.') ? type.slice(type.lastIndexOf('.') + 1) : type,
  domain: type.includes('.') ? type.slice(0, type.lastIndexOf('.')) : '',
  overload: '',
  docString: '',
  inputs: names(inputs),
  outputs: names(outputs),
  attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, attribute(value)])),
});

const names = (text: string): string[] => (text === '' ? [] : text.split(' ').map((name) => (name === '_' ? '' : name)));

export const value = (name: string, type: TypeProto | null = null): ValueProto => ({ name, docString: '', type });

export const tensorType = (elementType: TensorProto['elementType'], shape: readonly (number | string | null)[] | null): TypeProto => ({
  kind: 'tensor',
  elementType,
  shape,
});

/** A graph with inputs and outputs of unknown types, unless given as values. */
export const graphOf = (
  inputs: string | readonly ValueProto[],
  outputs: string,
  nodes: readonly NodeProto[],
  initializers: Record<string, NDArray> = {},
): GraphProto => ({
  name: 'graph',
  docString: '',
  nodes,
  initializers: Object.entries(initializers).map(([name, array]) => tensor(name, array)),
  inputs: typeof inputs === 'string' ? names(inputs).map((name) => value(name)) : inputs,
  outputs: names(outputs).map((name) => value(name)),
  values: [],
});

export const modelOf = (graph: GraphProto, options: { opset?: number } & Partial<ModelProto> = {}): ModelProto => {
  const { opset = 18, ...rest } = options;
  return {
    irVersion: 8,
    producerName: 'test',
    producerVersion: '',
    domain: '',
    modelVersion: 0n,
    docString: '',
    opsets: new Map([['', opset]]),
    graph,
    functions: [],
    metadata: new Map(),
    ...rest,
  };
};
