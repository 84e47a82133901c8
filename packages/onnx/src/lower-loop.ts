/** Writes a step graph as a loop of K steps: one ONNX `Scan`, whose body is what changes from step to step. */
import { checkLoop, type Graph, type LoopLayout, type Node, type Tensor } from '@gradus/graph';
import { Scope, valueOf } from './lower.js';
import type { OnnxGraph, OnnxNode } from './model.js';

/** Nodes that depend on any of `sources`. */
function dependents(nodes: readonly Node[], sources: readonly Tensor[]): Set<Node> {
  const reached = new Set<Tensor>(sources);
  const found = new Set<Node>();
  for (const node of nodes) {
    if (!node.inputs.some((input) => reached.has(input))) continue;
    found.add(node);
    for (const output of node.outputs) reached.add(output);
  }
  return found;
}

/**
 * K steps in one graph. Inputs and outputs are as `Engine.compileLoop` has them: scanned inputs and stacked outputs get a
 * leading axis named `K`. Values that no step changes are computed once, before the loop.
 */
export function lowerLoop(step: Graph, layout: LoopLayout, name = 'loop'): OnnxGraph {
  checkLoop(step, layout);
  const { carried } = layout;
  const scanEnd = carried + layout.scanned;
  const scope = new Scope();

  const inner = dependents(step.nodes, step.inputs.slice(0, scanEnd));
  const inputs = step.inputs.map((input, i) => {
    const leading = i >= carried && i < scanEnd ? ['K'] : [];
    // The names of what the body sees of carried and scanned inputs are given below.
    return valueOf(i < scanEnd ? scope.names.unique(step.inputNames[i]) : scope.declare(input, step.inputNames[i]), input, leading);
  });
  const outputNames = step.outputNames.map((output) => scope.names.unique(output));
  const before = scope.nodes(step.nodes.filter((node) => !inner.has(node)));

  const bodyInputs = step.inputs.slice(0, scanEnd).map((input, i) => valueOf(scope.declare(input, `step.${step.inputNames[i]}`), input));
  const bodyOutputs = scope.outputs(
    step.outputs,
    step.outputNames.map((output) => `step.${output}`),
    inner,
  );
  const bodyNodes = [...scope.nodes(step.nodes.filter((node) => inner.has(node))), ...bodyOutputs.copies()];

  const scan: OnnxNode = {
    name: scope.names.numbered('Scan'),
    type: 'Scan',
    inputs: inputs.slice(0, scanEnd).map((input) => input.name),
    outputs: outputNames,
    attributes: {
      num_scan_inputs: { int: layout.scanned },
      body: {
        graph: {
          name: `${name}.step`,
          inputs: bodyInputs,
          outputs: bodyOutputs.names.map((output, i) => valueOf(output, step.outputs[i])),
          nodes: bodyNodes,
          initializers: new Map(),
        },
      },
    },
  };
  return {
    name,
    inputs,
    outputs: outputNames.map((output, i) => valueOf(output, step.outputs[i], i < carried ? [] : ['K'])),
    nodes: [...before, scan],
    initializers: scope.constants.arrays,
  };
}
