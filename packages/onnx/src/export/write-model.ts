/** Tracings of a model as one ONNX graph, with its parameters under their own names. */
import { NDArray, type Graph, type Tensor } from '@gradus/graph';
import { Scope } from '../lower.js';
import type { OnnxGraph, OnnxValue } from '../model.js';
import { Family } from './family.js';
import type { FreeSize, Point } from './free-sizes.js';
import { ModelStyle } from './model-style.js';
import { foldNormalisation, keepNormalisation } from './normalisation.js';
import type { Parameter, TracedModel } from './trace-model.js';

/** A tracing that is ready to be written. */
export interface Prepared {
  readonly graph: Graph;
  /** Everything with a name and a value; what nothing reads is left out of the file. */
  readonly parameters: readonly Parameter[];
}

export function prepare(
  { graph, parameters, constants }: TracedModel,
  normalisation: 'kept' | 'folded',
  rewrite: (graph: Graph) => Graph,
): Prepared {
  const all = [...parameters, ...constants];
  if (normalisation === 'kept') return { graph: rewrite(keepNormalisation(graph)), parameters: all };
  const folded: Parameter[] = [];
  const own = foldNormalisation(graph, all, (array, name) => folded.push({ symbol: array, name, array }));
  return { graph: rewrite(own), parameters: [...all, ...folded] };
}

/** One of the tracings as ONNX; the others tell what follows the sizes. */
export function writeModel(traced: readonly Prepared[], free: readonly FreeSize[], points: readonly Point[]): OnnxGraph {
  const family = new Family(traced.map(({ graph }) => graph));
  const { graph, parameters } = traced[family.main];
  const style = new ModelStyle(family, free, points);
  const scope = new Scope(null, style);
  const read = new Set<Tensor>([...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs]);
  const known = new Set(parameters.map(({ symbol }) => symbol));
  const initializers = new Map<string, NDArray>();
  for (const { symbol, name, array } of parameters) {
    if (!read.has(symbol)) continue;
    const unique = scope.declare(symbol, name);
    initializers.set(unique, array);
    style.parameter(unique);
  }
  // An input stays one though nothing reads it, since callers feed it; but for the key, which few models read.
  const inputs = graph.inputs.flatMap((input, i): OnnxValue[] => {
    if (known.has(input) || (graph.inputNames[i] === 'key' && !read.has(input))) return [];
    return [scope.value(scope.declare(input, graph.inputNames[i]), input)];
  });
  const sizes = style.begin(scope);
  for (const output of graph.outputs) if (output instanceof NDArray) style.constant(output, null);
  const written = scope.graph(graph, 'graph', inputs);
  return { ...written, nodes: [...sizes.nodes, ...written.nodes], initializers: new Map([...initializers, ...scope.constants.arrays]) };
}
