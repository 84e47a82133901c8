/** Weights of products as integers of 8 bits: files of a quarter of the size, which run without calibration. */
import { tensorOf } from '../decode-tensor.js';
import { numberOf } from '../element-types.js';
import type { AttributeMessage, GraphMessage, ModelMessage, NodeMessage, TensorMessage } from '../wire/schema.js';

/** A weight matrix in integers: column j is `scales[j]` times what is stored. */
interface Quantised {
  readonly weight: TensorMessage;
  readonly scales: TensorMessage;
}

/** Columns are scaled each by their own largest element, which becomes `largest`; 0 stays 0. */
function quantised(name: string, rows: number, columns: number, values: Float32Array, largest: number): Quantised {
  const scales = new Float32Array(columns);
  for (let i = 0; i < values.length; i++) scales[i % columns] = Math.max(scales[i % columns], Math.abs(values[i]) / largest);
  // A column of zeros may have any scale.
  for (let j = 0; j < columns; j++) if (scales[j] === 0) scales[j] = 1;
  const integers = Int8Array.from(values, (value, i) => Math.max(-largest, Math.min(largest, Math.round(value / scales[i % columns]))));
  return {
    weight: {
      name: `${name}.int8`,
      dims: [BigInt(rows), BigInt(columns)],
      dataType: numberOf('int8'),
      rawData: new Uint8Array(integers.buffer),
    },
    scales: { name: `${name}.scale`, dims: [BigInt(columns)], dataType: numberOf('float32'), rawData: new Uint8Array(scales.buffer) },
  };
}

/**
 * The model with every product with a float32 matrix of weights in integers: weights of 8 bits with a scale for each column, the other
 * operand quantised as the model runs, by its own range (`DynamicQuantizeLinear`, `MatMulInteger`). Weights of at least `least` elements
 * are meant; those that something else reads too stay in the file beside.
 */
export function quantizeWeights(model: ModelMessage, least: number, largest: number): ModelMessage {
  const { graph } = model;
  if (graph === undefined) return model;
  const weights = new Map<string, Quantised>();
  for (const tensor of graph.initializer ?? []) {
    const { name = '', dataType, dims = [] } = tensor;
    const [rows, columns] = dims.map(Number);
    if (dataType !== numberOf('float32') || dims.length !== 2 || rows * columns < least) continue;
    weights.set(name, quantised(name, rows, columns, new Float32Array(tensorOf(tensor).bytes.slice().buffer), largest));
  }
  const used = new Map<string, Quantised>();
  const rewritten = rewriteProducts(graph, weights, used);
  const read = new Set(namesRead(rewritten));
  const initializer = (graph.initializer ?? []).filter(({ name = '' }) => !used.has(name) || read.has(name));
  return {
    ...model,
    graph: { ...rewritten, initializer: [...initializer, ...[...used.values()].flatMap(({ weight, scales }) => [weight, scales])] },
  };
}

/** Products of a graph and of its bodies; a name that a body gives itself is no weight there. */
function rewriteProducts(graph: GraphMessage, weights: ReadonlyMap<string, Quantised>, used: Map<string, Quantised>): GraphMessage {
  // Operands that several products share are quantised once.
  const quantisers = new Set<string>();
  const node = graph.node?.flatMap((own) => {
    const attribute = own.attribute?.map(
      (one): AttributeMessage => (one.g === undefined ? one : { ...one, g: rewriteProducts(one.g, hidden(weights, one.g), used) }),
    );
    const plain = { ...own, ...(attribute === undefined ? {} : { attribute }) };
    const [x, weight] = own.input ?? [];
    const found = own.opType === 'MatMul' && (own.domain ?? '') === '' ? weights.get(weight) : undefined;
    if (found === undefined) return [plain];
    used.set(weight, found);
    const first = !quantisers.has(x);
    quantisers.add(x);
    return product(plain, x, found, first);
  });
  return { ...graph, node };
}

function hidden(
  weights: ReadonlyMap<string, Quantised>,
  { node = [], input = [], initializer = [] }: GraphMessage,
): ReadonlyMap<string, Quantised> {
  const own = new Set([...node.flatMap(({ output = [] }) => output), ...[...input, ...initializer].map(({ name = '' }) => name)]);
  return new Map([...weights].filter(([name]) => !own.has(name)));
}

/** scale(x) scale(w) (q(x) · q(w)): exact in integers. */
function product(node: NodeMessage, x: string, { weight, scales }: Quantised, first: boolean): NodeMessage[] {
  const { name = '', output = [] } = node;
  const [integers, scale, zero] = ['int8', 'scale', 'zero'].map((part) => `${x}.${part}`);
  const [sum, float, both] = ['sum', 'float', 'scale'].map((part) => `${name}.${part}`);
  const quantiser: NodeMessage = { name: `${x}.quantize`, opType: 'DynamicQuantizeLinear', input: [x], output: [integers, scale, zero] };
  return [
    ...(first ? [quantiser] : []),
    { name: `${name}.integers`, opType: 'MatMulInteger', input: [integers, weight.name!, zero], output: [sum] },
    {
      name: `${name}.cast`,
      opType: 'Cast',
      input: [sum],
      output: [float],
      attribute: [{ name: 'to', i: BigInt(numberOf('float32')), type: 2 }],
    },
    { name: `${name}.scales`, opType: 'Mul', input: [scale, scales.name!], output: [both] },
    { ...node, name, opType: 'Mul', input: [float, both], output },
  ];
}

function namesRead({ node = [], output = [] }: GraphMessage): string[] {
  const inner = node.flatMap(({ attribute = [] }) => attribute.flatMap(({ g }) => (g === undefined ? [] : namesRead(g))));
  return [...node.flatMap(({ input = [] }) => input), ...output.map(({ name = '' }) => name), ...inner];
}
