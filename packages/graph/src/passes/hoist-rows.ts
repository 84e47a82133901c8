/** What a loop computes from its rows alone is computed for all rows at once, before it. */
import { numbered } from '../closure.js';
import { dependents, makeGraph, topologicalOrder } from '../graph.js';
import { substitute } from '../interpreter.js';
import { Scan, type ScanAttributes } from '../ops/scan.js';
import { sizeOf } from '../shape.js';
import { Node, SymbolicTensor, type Tensor } from '../tensor.js';
import { batch } from '../vmap.js';
import { regroupProducts } from './regroup-products.js';
import type { Rule } from './rewrite.js';

/** Bound on the elements that one loop's rows may take more. */
const ELEMENTS = 2 ** 24;

/**
 * The projection of the inputs of a recurrent cell becomes one large product; the factors in its derivative that do not depend on
 * what flows back are a few long operations instead of many short ones.
 *
 * Only what feeds the carried values is hoisted: a loop without any is one on purpose, to do a part after the other.
 */
export const hoistRows: Rule = (node, inputs, attributes) => {
  if (node.operator !== Scan) return null;
  const { body: given, carried, scanned, length } = attributes as ScanAttributes;
  if (length === 1) return null;
  const body = regroupProducts(given, given.inputs.slice(0, carried));
  const scanEnd = carried + scanned;
  const stateful = dependents(body.nodes, body.inputs.slice(0, carried));
  const rowwise = dependents(body.nodes, body.inputs.slice(carried, scanEnd));
  const readByState = [
    ...body.outputs.slice(0, carried),
    ...body.nodes.filter(({ outputs }) => stateful.has(outputs[0])).flatMap((n) => n.inputs),
  ];
  const computed = (tensor: Tensor): boolean => tensor instanceof SymbolicTensor && tensor.node !== null;
  const border = [...new Set(readByState)].filter((tensor) => computed(tensor) && rowwise.has(tensor) && !stateful.has(tensor));
  const elements = border.reduce((total, { shape }) => total + length * sizeOf(shape), 0);
  if (border.length === 0 || elements > ELEMENTS) return null;
  if (topologicalOrder(border).some(({ operator }) => operator.batch === undefined)) return null;

  const rows = new Map<Tensor, Tensor>(body.inputs.slice(carried, scanEnd).map((input, i) => [input, inputs[carried + i]]));
  const shared = new Map<Tensor, Tensor>(body.inputs.slice(scanEnd).map((input, i) => [input, inputs[scanEnd + i]]));
  const stacked = substitute(batch(border, rows, length), shared);

  const fresh = border.map(({ dtype, shape }) => new SymbolicTensor(dtype, shape));
  const outputs = substitute(body.outputs, new Map(border.map((tensor, i) => [tensor, fresh[i]])));
  const read = new Set<Tensor>([...outputs, ...topologicalOrder(outputs).flatMap((n) => n.inputs)]);
  const all = [...rows].filter(([symbol]) => read.has(symbol)).concat(fresh.map((symbol, i) => [symbol, stacked[i]]));
  const consts = [...shared].filter(([symbol]) => read.has(symbol));
  const symbols = [
    ...body.inputs.slice(0, carried),
    ...all.map(([symbol]) => symbol),
    ...consts.map(([symbol]) => symbol),
  ] as SymbolicTensor[];
  const graph = makeGraph(symbols, numbered('in', symbols), outputs, body.outputNames);
  const values = [...inputs.slice(0, carried), ...all.map(([, value]) => value), ...consts.map(([, value]) => value)];
  return new Node(node.operator, values, { ...attributes, body: graph, scanned: all.length }, node.outputs).outputs;
};
