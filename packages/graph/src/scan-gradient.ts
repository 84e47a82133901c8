/** The gradient of a loop: the same loop again, keeping what the way back needs, and a loop from the last step to the first. */
import { pullback } from './autodiff.js';
import { closeOver, symbolsLike } from './closure.js';
import { isFloat } from './dtype.js';
import { dependents, makeGraph, topologicalOrder, type Graph } from './graph.js';
import { substitute } from './interpreter.js';
import { zeros } from './ndarray.js';
import { apply, type GradientContext } from './operator.js';
import { add } from './ops/add.js';
import { Scan, type ScanAttributes } from './ops/scan.js';
import { sumOverSteps, type Steps } from './step-sums.js';
import type { SymbolicTensor, Tensor } from './tensor.js';

/**
 * A second loop stacks the values of the first that its derivative reads: engines merge the two, which share the inputs of their
 * bodies (`mergeScans`). The way back carries the cotangents of the carried values; what flows to values that all steps share is
 * summed over the steps (`sumOverSteps`).
 */
export function scanGradient(context: GradientContext<ScanAttributes>): (Tensor | null)[] {
  const { inputs, cotangents, attributes, wanted } = context;
  const { body, carried, scanned, length, reverse } = attributes;

  // One step backwards: from the cotangents of the body's outputs to those of its inputs.
  const flows = symbolsLike(body.outputs);
  const counts = body.outputs.map(({ dtype }, i) => isFloat(dtype) && (i < carried || cotangents[i] !== null));
  const floats = body.inputs.filter(({ dtype }, i) => isFloat(dtype) && (i < carried || wanted[i]));
  const pulled = pullback(
    body.outputs,
    flows.map((flow, i) => (counts[i] ? flow : null)),
    floats,
  );
  const gradients = pulled.filter((g) => g !== null);

  // What it reads of the way forward and what arrives from outside come row by row, under symbols of their own.
  const forward = stackForward(context, valuesRead(body, gradients));
  const names = new Map([...forward.keys()].map((value): [Tensor, SymbolicTensor] => [value, symbolsLike([value])[0]]));
  const renamed = substitute(gradients, names);
  const gradientOf = new Map<Tensor, Tensor>();
  floats.forEach((input, i) => pulled[i] !== null && gradientOf.set(input, renamed[gradients.indexOf(pulled[i])]));
  const arriving = new Map<Tensor, Tensor>([...forward].map(([value, stacked]) => [names.get(value)!, stacked]));
  flows.forEach((flow, i) => i >= carried && counts[i] && arriving.set(flow, cotangents[i]!));

  const carry = body.inputs.slice(0, carried).filter(({ dtype }) => isFloat(dtype));
  const stateFlows = carry.map((input) => flows[body.inputs.indexOf(input)]);
  const reached = (from: number, to?: number): SymbolicTensor[] => body.inputs.slice(from, to).filter((input) => gradientOf.has(input));
  const rows = reached(carried, carried + scanned);
  const shared = reached(carried + scanned);
  const varying = dependents(topologicalOrder(renamed), [...stateFlows, ...arriving.keys()]);
  const plans = shared.map((input) => sumOverSteps(gradientOf.get(input)!, length, (tensor) => varying.has(tensor)));
  const added = plans.flatMap((plan) => plan.carry);
  const sums = symbolsLike(added);
  const stacked = plans.flatMap((plan) => plan.stack).filter((expression) => !arriving.has(expression));

  const { graph, captured } = closeOver(
    [...stateFlows, ...sums, ...(arriving.keys() as Iterable<SymbolicTensor>)],
    [
      ...carry.map((input) => gradientOf.get(input) ?? zeros(input.shape, input.dtype)),
      ...added.map((expression, i) => add(sums[i], expression)),
      ...rows.map((input) => gradientOf.get(input)!),
      ...stacked,
    ],
  );
  // What all steps share, computed outside: expressions of the loop's own inputs.
  const given = new Map<Tensor, Tensor>(body.inputs.map((input, i) => [input, inputs[i]]));
  const outside = (expressions: readonly Tensor[]): Tensor[] => substitute(expressions, given);
  const initial = carry.map((input) => cotangents[body.inputs.indexOf(input)] ?? zeros(input.shape, input.dtype));
  const results = apply(
    Scan,
    [...initial, ...sums.map(({ shape, dtype }) => zeros(shape, dtype)), ...arriving.values(), ...outside(captured)],
    { body: graph, carried: carry.length + sums.length, scanned: arriving.size, length, reverse: 1 - reverse },
  );

  const [toCarry, toSums, toRows, toStacks] = cut(results, [carry.length, sums.length, rows.length, stacked.length]);
  const steps: Steps = {
    shared: (expression) => outside([expression])[0],
    stacked: (expression) => arriving.get(expression) ?? toStacks[stacked.indexOf(expression)],
    carried: (expression) => toSums[added.indexOf(expression)],
  };
  const found = new Map<Tensor, Tensor>();
  carry.forEach((input, i) => gradientOf.has(input) && found.set(input, toCarry[i]));
  rows.forEach((input, i) => found.set(input, toRows[i]));
  shared.forEach((input, i) => found.set(input, plans[i].total(steps)));
  return body.inputs.map((input) => found.get(input) ?? null);
}

/** What expressions read of a body: its inputs, and results of its nodes. */
function valuesRead(body: Graph, expressions: readonly Tensor[]): Tensor[] {
  const own = new Set<Tensor>([...body.inputs, ...body.nodes.flatMap(({ outputs }) => outputs)]);
  const nodes = new Set(body.nodes);
  const read = new Set<Tensor>(expressions.filter((expression) => own.has(expression)));
  for (const node of topologicalOrder(expressions)) {
    if (!nodes.has(node)) for (const input of node.inputs) if (own.has(input)) read.add(input);
  }
  return [...read];
}

/** The values of a body that differ from step to step, stacked over the steps: rows as they came, the others by the loop run again. */
function stackForward({ inputs, outputs, attributes }: GradientContext<ScanAttributes>, values: readonly Tensor[]): Map<Tensor, Tensor> {
  const { body, carried, scanned } = attributes;
  const place = (value: Tensor): number => body.inputs.indexOf(value as SymbolicTensor);
  const known = (value: Tensor): Tensor | undefined => {
    if (place(value) >= carried) return inputs[place(value)];
    const output = body.outputs.indexOf(value, carried);
    return output === -1 ? undefined : outputs[output];
  };
  const varying = values.filter((value) => place(value) < carried + scanned);
  const missing = varying.filter((value) => known(value) === undefined);
  let again: readonly Tensor[] = [];
  if (missing.length > 0) {
    const all = [...body.outputs, ...missing];
    const graph = makeGraph(
      body.inputs,
      body.inputNames,
      all,
      all.map((_, i) => `out${i}`),
    );
    again = apply(Scan, inputs, { ...attributes, body: graph }).slice(body.outputs.length);
  }
  return new Map(varying.map((value) => [value, known(value) ?? again[missing.indexOf(value)]]));
}

/** A list in parts of these lengths. */
function cut<T>(list: readonly T[], lengths: readonly number[]): T[][] {
  let start = 0;
  return lengths.map((length) => list.slice(start, (start += length)));
}
