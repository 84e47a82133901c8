/** A model in another precision: every float of it, what goes in and comes out included. */
import { elementTypeOf, numberOf, type ElementType } from '../element-types.js';
import { tensorOf } from '../decode-tensor.js';
import type {
  AttributeMessage,
  GraphMessage,
  ModelMessage,
  NodeMessage,
  TensorMessage,
  TypeMessage,
  ValueInfoMessage,
} from '../wire/schema.js';
import { mapTensors } from '../wire/tensors-of.js';
import { fromFloat16, toFloat16 } from './float16.js';

export type Precision = 'float16' | 'float32' | 'float64';

const FLOATS: readonly ElementType[] = ['float16', 'float32', 'float64'];

const isFloat = (number = 0): boolean => FLOATS.includes(elementTypeOf(number)!);

/** The model with every float16, float32 and float64 as `precision`. */
export function withPrecision(model: ModelMessage, precision: Precision): ModelMessage {
  const to = numberOf(precision);
  const value = (info: ValueInfoMessage): ValueInfoMessage => (info.type === undefined ? info : { ...info, type: typeOf(info.type, to) });
  const attribute = (node: NodeMessage, own: AttributeMessage): AttributeMessage => {
    if (own.g !== undefined) return { ...own, g: graph(own.g) };
    const isType = (node.opType === 'Cast' && own.name === 'to') || own.name === 'dtype';
    return isType && isFloat(Number(own.i ?? 0n)) ? { ...own, i: BigInt(to) } : own;
  };
  const graph = (own: GraphMessage): GraphMessage => ({
    ...own,
    node: own.node?.map((node) => ({ ...node, attribute: node.attribute?.map((one) => attribute(node, one)) })),
    input: own.input?.map(value),
    output: own.output?.map(value),
    valueInfo: own.valueInfo?.map(value),
  });
  const converted = mapTensors(model, (tensor) =>
    isFloat(tensor.dataType) && tensor.dataType !== to ? convert(tensor, precision) : tensor,
  );
  return { ...converted, graph: converted.graph && graph(converted.graph) };
}

function typeOf(type: TypeMessage, to: number): TypeMessage {
  const { tensorType } = type;
  return tensorType !== undefined && isFloat(tensorType.elemType) ? { ...type, tensorType: { ...tensorType, elemType: to } } : type;
}

function convert(message: TensorMessage, precision: Precision): TensorMessage {
  const { dims, name, docString } = message;
  const { elementType, bytes } = tensorOf(message);
  const numbers = read(elementType, bytes);
  const data =
    precision === 'float16'
      ? Uint16Array.from(numbers, toFloat16)
      : precision === 'float32'
        ? Float32Array.from(numbers)
        : Float64Array.from(numbers);
  const doc = docString === undefined ? {} : { docString };
  return { dims, dataType: numberOf(precision), name, ...doc, rawData: new Uint8Array(data.buffer) };
}

function read(type: ElementType, bytes: Uint8Array): ArrayLike<number> {
  const { buffer } = bytes.slice();
  if (type === 'float32') return new Float32Array(buffer);
  return type === 'float64' ? new Float64Array(buffer) : Array.from(new Uint16Array(buffer), fromFloat16);
}
