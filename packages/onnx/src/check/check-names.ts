/** Names of a model: each value is given once, before it is read, by something. */
import { didYouMean } from '@gradus/core';
import { labelOf } from '../import/call.js';
import type { FunctionProto, GraphProto, ModelProto, NodeProto } from '../proto.js';
import type { Report } from './problem.js';

/** A graph, its own names and those around it that its nodes see. */
interface Sight {
  readonly own: Set<string>;
  readonly outer: ReadonlySet<string>;
}

const sees = ({ own, outer }: Sight, name: string): boolean => own.has(name) || outer.has(name);

export function checkNames(model: ModelProto, report: Report): void {
  checkGraph(model.graph, 'The graph', new Set(), model.irVersion, report);
  for (const fn of model.functions) checkFunction(fn, report);
}

function checkGraph(graph: GraphProto, where: string, outer: ReadonlySet<string>, irVersion: number, report: Report): void {
  const sight: Sight = { own: new Set(), outer };
  const problem = (message: string): void => report({ kind: 'names', node: null, message });
  for (const { name } of graph.inputs) {
    if (name === '') problem(`${where} has an input without a name`);
    else if (sees(sight, name)) problem(`${where} has two inputs called '${name}'`);
    sight.own.add(name);
  }
  const initializers = new Set<string>();
  for (const { name } of graph.initializers) {
    if (name === '') problem(`${where} has an initializer without a name`);
    else if (initializers.has(name)) problem(`${where} has two initializers called '${name}'`);
    else if (irVersion < 4 && outer.size === 0 && !sight.own.has(name))
      problem(`The initializer '${name}' is no input of the graph, which files of before IR version 4 want`);
    initializers.add(name);
    sight.own.add(name);
  }
  checkNodes(graph.nodes, sight, irVersion, report);
  const outputs = new Set<string>();
  for (const { name } of graph.outputs) {
    if (!sees(sight, name)) problem(`${where} has an output '${name}' that nothing gives. ${didYouMean(name, [...sight.own])}`);
    else if (outputs.has(name)) problem(`${where} has two outputs called '${name}'`);
    outputs.add(name);
  }
}

function checkFunction(fn: FunctionProto, report: Report): void {
  const sight: Sight = { own: new Set(fn.inputs), outer: new Set() };
  checkNodes(fn.nodes, sight, 8, report);
  for (const name of fn.outputs) {
    if (!sees(sight, name))
      report({ kind: 'names', node: null, message: `The function '${fn.name}' has an output '${name}' that nothing gives` });
  }
}

function checkNodes(nodes: readonly NodeProto[], sight: Sight, irVersion: number, report: Report): void {
  const makers = new Map<string, NodeProto>();
  for (const node of nodes) for (const name of node.outputs) if (name !== '' && !makers.has(name)) makers.set(name, node);
  const waiting = new Map([...makers].filter(([name]) => !sees(sight, name)));
  const cycle = cycleOf(nodes, waiting);
  if (cycle !== null) {
    report({
      kind: 'names',
      node: labelOf(cycle[0]),
      message: `${cycle.map(labelOf).join(' -> ')} -> ${labelOf(cycle[0])}: each of these nodes waits for the one after it, in a circle`,
    });
  }
  for (const node of nodes) {
    const problem = (message: string): void => report({ kind: 'names', node: labelOf(node), message: `${labelOf(node)} ${message}` });
    for (const name of node.inputs) {
      if (name === '' || sees(sight, name)) continue;
      const maker = makers.get(name);
      if (maker === undefined) problem(`reads '${name}', which nothing gives. ${didYouMean(name, [...sight.own, ...makers.keys()])}`);
      else if (cycle === null) problem(`reads '${name}' of ${labelOf(maker)}, which stands after it: nodes stand in topological order`);
    }
    for (const attribute of node.attributes.values()) {
      const bodies = 'graph' in attribute ? [attribute.graph] : 'graphs' in attribute ? attribute.graphs : [];
      for (const body of bodies) {
        checkGraph(body, `The body '${body.name}' of ${labelOf(node)}`, new Set([...sight.outer, ...sight.own]), irVersion, report);
      }
    }
    if (node.outputs.every((name) => name === '')) problem('has no output');
    for (const name of node.outputs) {
      if (name === '') continue;
      if (sees(sight, name)) {
        problem(
          `gives '${name}', which ${makers.get(name) !== node && makers.has(name) ? `${labelOf(makers.get(name)!)} gives already` : 'is an input, an initializer or a value already'}`,
        );
      }
      sight.own.add(name);
    }
  }
}

/** Nodes that wait for one another, each for the next; `null` where there are none. */
function cycleOf(nodes: readonly NodeProto[], makers: ReadonlyMap<string, NodeProto>): NodeProto[] | null {
  const state = new Map<NodeProto, 'open' | 'done'>();
  for (const start of nodes) {
    if (state.has(start)) continue;
    const path: { readonly node: NodeProto; next: number }[] = [{ node: start, next: 0 }];
    state.set(start, 'open');
    while (path.length > 0) {
      const top = path[path.length - 1];
      if (top.next === top.node.inputs.length) {
        state.set(top.node, 'done');
        path.pop();
        continue;
      }
      const maker = makers.get(top.node.inputs[top.next++]);
      if (maker === undefined || state.get(maker) === 'done') continue;
      if (state.get(maker) === 'open') return path.slice(path.findIndex(({ node }) => node === maker)).map(({ node }) => node);
      state.set(maker, 'open');
      path.push({ node: maker, next: 0 });
    }
  }
  return null;
}
