/** Evaluates graphs in JavaScript: the oracle every other engine is compared with, and the engine that always exists. */
import { GradusError } from './errors.js';
import { topologicalOrder, type Graph } from './graph.js';
import { NDArray } from './ndarray.js';
import { apply, formatSpec } from './operator.js';
import { sameShape } from './shape.js';
import { madeFor, type Node, type SymbolicTensor, type Tensor } from './tensor.js';

/**
 * The values of `outputs` with `bindings` put in for symbols. Bound to arrays this computes; bound to symbols it rebuilds
 * the expression on them. Nodes that depend on no binding stay as they are.
 */
export function substitute(outputs: readonly Tensor[], bindings: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const values = new Map<Tensor, Tensor>(bindings);
  for (const node of topologicalOrder(outputs)) {
    if (node.outputs.every((output) => values.has(output))) continue;
    if (!node.inputs.some((input) => values.has(input) && values.get(input) !== input)) continue;
    const inputs = node.inputs.map((input) => values.get(input) ?? input);
    const results = madeFor(node, () => apply(node.operator, inputs, node.attributes));
    node.outputs.forEach((output, i) => values.has(output) || values.set(output, results[i]));
  }
  return outputs.map((output) => values.get(output) ?? output);
}

/** Prepares a graph for repeated evaluation: slots instead of maps, and each value dropped after its last use. */
export function prepare(graph: Graph): (inputs: readonly NDArray[]) => NDArray[] {
  const slots = new Map<Tensor, number>();
  const slot = (tensor: Tensor): number => {
    let index = slots.get(tensor);
    if (index === undefined) slots.set(tensor, (index = slots.size));
    return index;
  };
  graph.inputs.forEach(slot);
  const constants: [number, NDArray][] = [];
  const read = (tensor: Tensor): number => {
    const fresh = !slots.has(tensor);
    const index = slot(tensor);
    if (fresh && tensor instanceof NDArray) constants.push([index, tensor]);
    return index;
  };
  const program = graph.nodes.map((node) => ({
    node,
    inputs: node.inputs.map(read),
    outputs: node.outputs.map(slot),
    drop: [] as number[],
  }));
  const outputs = graph.outputs.map(read);
  const lastUse = new Map<number, number>();
  program.forEach(({ inputs }, i) => inputs.forEach((index) => lastUse.set(index, i)));
  const kept = new Set([...outputs, ...constants.map(([index]) => index)]);
  // A result nobody reads lives no longer than its own step.
  program.forEach(({ outputs: made }, i) => made.forEach((index) => lastUse.has(index) || lastUse.set(index, i)));
  for (const [index, i] of lastUse) if (!kept.has(index)) program[i].drop.push(index);
  const total = slots.size;

  return (inputs) => {
    checkInputs(graph, inputs);
    const values = new Array<NDArray | undefined>(total);
    for (let i = 0; i < inputs.length; i++) values[i] = inputs[i];
    for (const [index, constant] of constants) values[index] = constant;
    for (const { node, inputs: from, outputs: to, drop } of program) {
      const results = run(
        node,
        from.map((index) => values[index]!),
      );
      for (let i = 0; i < to.length; i++) values[to[i]] = results[i];
      for (const index of drop) values[index] = undefined;
    }
    return outputs.map((index) => values[index]!);
  };
}

const programs = new WeakMap<Graph, ReturnType<typeof prepare>>();

/** The program of a graph that is evaluated from several places, such as the body of a loop: prepared once. */
export function prepared(graph: Graph): ReturnType<typeof prepare> {
  let program = programs.get(graph);
  if (program === undefined) programs.set(graph, (program = prepare(graph)));
  return program;
}

const run = (node: Node, inputs: readonly NDArray[]): readonly NDArray[] => node.operator.kernel(inputs, node.attributes, node.outputs);

/** Throws `SHAPE_MISMATCH`, naming the input, unless `inputs` fit the graph. Engines call it before they run. */
export function checkInputs(graph: Graph, inputs: readonly NDArray[]): void {
  if (inputs.length !== graph.inputs.length) {
    throw new GradusError('SHAPE_MISMATCH', {
      what: 'A graph was run with another number of inputs',
      received: `${inputs.length}`,
      expected: `${graph.inputs.length}: ${graph.inputNames.join(', ')}`,
    });
  }
  for (let i = 0; i < inputs.length; i++) {
    const spec: SymbolicTensor = graph.inputs[i];
    if (inputs[i].dtype !== spec.dtype || !sameShape(inputs[i].shape, spec.shape)) {
      throw new GradusError('SHAPE_MISMATCH', {
        what: `Input '${graph.inputNames[i]}' does not fit the graph`,
        received: formatSpec(inputs[i]),
        expected: formatSpec(spec),
      });
    }
  }
}
