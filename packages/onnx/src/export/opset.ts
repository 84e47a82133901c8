/** Models for other operator sets than 18, in which they are written. */
import { GradusError } from '@gradus/graph';
import { tensorOf } from '../decode-tensor.js';
import type { AttributeMessage, GraphMessage, ModelMessage, NodeMessage, TensorMessage } from '../wire/schema.js';

/** The operator sets to choose from: of early 2022 and of 2025. */
export const OLDEST_OPSET = 15;
export const NEWEST_OPSET = 23;

/** The file format that each operator set came with: a runtime that knows the one knows the other. */
const IR_VERSIONS: Readonly<Record<number, bigint>> = { 19: 9n, 20: 9n, 21: 10n, 22: 10n, 23: 11n };

/** The first operator set that has an operator, or the form of it that is used. */
function since(node: NodeMessage): number {
  const { opType = '', attribute = [] } = node;
  if (opType.startsWith('Bitwise')) return 18;
  if (opType === 'LayerNormalization') return 17;
  if (opType !== 'ScatterElements' && opType !== 'ScatterND') return OLDEST_OPSET;
  const reduction = new TextDecoder().decode(attribute.find(({ name }) => name === 'reduction')?.s ?? new Uint8Array(0));
  return reduction === 'max' || reduction === 'min' ? 18 : reduction === 'none' ? OLDEST_OPSET : 16;
}

/** Reductions whose axes became an input with 18; those of ReduceSum had become one before. */
const REDUCTIONS = /^Reduce(?!Sum$)/;

/**
 * The model for an operator set.
 * @throws `UNSUPPORTED_OPERATOR`, naming the node, where the set does not have an operator.
 */
export function atOpset(model: ModelMessage, opset: number): ModelMessage {
  const graph = opset < 18 && model.graph !== undefined ? older(model.graph, opset) : model.graph;
  return { ...model, irVersion: IR_VERSIONS[opset] ?? 8n, graph, opsetImport: [{ domain: '', version: BigInt(opset) }] };
}

function older(graph: GraphMessage, opset: number): GraphMessage {
  const constants = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]));
  const rewritten = nodesAt(graph, opset, constants);
  const read = new Set(namesRead(rewritten));
  return { ...rewritten, initializer: graph.initializer?.filter(({ name = '' }) => read.has(name)) };
}

/** Bodies see the constants of the main graph, which are all that there are. */
function nodesAt(graph: GraphMessage, opset: number, constants: ReadonlyMap<string, TensorMessage>): GraphMessage {
  const inside = (one: AttributeMessage): AttributeMessage => (one.g === undefined ? one : { ...one, g: nodesAt(one.g, opset, constants) });
  return { ...graph, node: graph.node?.map((node) => nodeAt({ ...node, attribute: node.attribute?.map(inside) }, opset, constants)) };
}

function nodeAt(node: NodeMessage, opset: number, constants: ReadonlyMap<string, TensorMessage>): NodeMessage {
  const { opType = '', name, input = [], attribute = [] } = node;
  if (since(node) > opset) {
    throw new GradusError('UNSUPPORTED_OPERATOR', {
      what: `${opType} '${name}' is not in operator set ${opset}`,
      expected: `operator set ${since(node)} or later`,
      fix: "Choose a newer 'opset'.",
    });
  }
  if (!REDUCTIONS.test(opType) || input.length < 2) return node;
  const axes = new BigInt64Array(tensorOf(constants.get(input[1])!).bytes.slice().buffer);
  return { ...node, input: [input[0]], attribute: [...attribute, { name: 'axes', ints: [...axes], type: 7 }] };
}

function namesRead({ node = [], output = [] }: GraphMessage): string[] {
  const inner = node.flatMap(({ attribute = [] }) => attribute.flatMap(({ g }) => (g === undefined ? [] : namesRead(g))));
  return [...node.flatMap(({ input = [] }) => input), ...output.map(({ name = '' }) => name), ...inner];
}
