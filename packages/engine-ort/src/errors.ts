/** Errors of ONNX Runtime as coded errors that name the node and the operator. */
import { formatSpec, GradusError, userLine } from '@gradus/graph';
import type { OnnxAttributeValue, OnnxGraph, OnnxNode } from '@gradus/onnx';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The nodes of a graph and of the bodies in it. */
export function* allNodes(graph: OnnxGraph): Generator<OnnxNode> {
  for (const node of graph.nodes) {
    yield node;
    for (const value of Object.values<OnnxAttributeValue>(node.attributes)) if ('graph' in value) yield* allNodes(value.graph);
  }
}

/** The node whose name the message quotes: the longest name where several match, and never a loop around the culprit. */
function culprit(graph: OnnxGraph, message: string): OnnxNode | undefined {
  let best: OnnxNode | undefined;
  for (const node of allNodes(graph)) {
    if (node.source === undefined || !new RegExp(`(?<![\\w.])${node.name}(?![\\w.])`).test(message)) continue;
    if (best === undefined || node.name.length > best.name.length) best = node;
  }
  return best;
}

function describe(node: OnnxNode): string {
  const inputs = node.source!.inputs.map(formatSpec).join(', ');
  return `${node.type} of ${inputs} (node '${node.name}')`;
}

/** An error for a model that ONNX Runtime does not load. */
export function loadError(graph: OnnxGraph, error: unknown): GradusError {
  const message = messageOf(error);
  const node = culprit(graph, message);
  const missing = /NOT_IMPLEMENTED|not a registered|No Op registered|Could not find an implementation/i.test(message);
  const wide = node?.source?.inputs.some((input) => input.dtype === 'float64') ?? false;
  return new GradusError(missing ? 'ORT_OPERATOR_MISSING' : 'ORT_LOAD_FAILED', {
    what: node === undefined ? 'ONNX Runtime cannot load the graph' : `ONNX Runtime cannot load ${describe(node)}`,
    received: message,
    fix: wide
      ? `Compute this part in float32, or use the engine 'js', which runs every operator in float64.`
      : `Use the engine 'js' for this graph, and please report it with this message.`,
    at: node === undefined ? null : userLine(node.source!.origin),
    cause: error,
    data: node === undefined ? {} : { node: node.name, operator: node.type },
  });
}

/** An error for a run that ONNX Runtime gave up. */
export function runError(graph: OnnxGraph, error: unknown): GradusError {
  const message = messageOf(error);
  const node = culprit(graph, message);
  return new GradusError('ORT_RUN_FAILED', {
    what: node === undefined ? 'ONNX Runtime failed while running a graph' : `ONNX Runtime failed in ${describe(node)}`,
    received: message,
    at: node === undefined ? null : userLine(node.source!.origin),
    cause: error,
    data: node === undefined ? {} : { node: node.name, operator: node.type },
  });
}
