/** A graph as text and bytes that are the same wherever the same function was traced: what a digest of it is made of. */
import { NDArray } from './ndarray.js';
import { formatSpec, type AttributeValue } from './operator.js';
import type { Tensor } from './tensor.js';
import type { Graph } from './graph.js';

/**
 * Every node by its operator, attributes and the numbers of its inputs; constants with their data. Two graphs give the same pieces if
 * and only if they compute the same by the same steps; names and origins do not count.
 *
 * @example
 * const hash = createHash('sha256');
 * for (const piece of writtenGraph(graph)) hash.update(piece);
 */
export function* writtenGraph(graph: Graph): Iterable<string | Uint8Array> {
  const numbers = new Map<Tensor, number>();
  const add = (tensor: Tensor): void => void numbers.set(tensor, numbers.size);
  for (const input of graph.inputs) {
    yield `input ${formatSpec(input)}\n`;
    add(input);
  }
  const constants = function* (tensors: readonly Tensor[]): Iterable<string | Uint8Array> {
    for (const tensor of tensors) {
      if (!(tensor instanceof NDArray) || numbers.has(tensor)) continue;
      yield `constant ${formatSpec(tensor)} `;
      yield bytesOf(tensor);
      add(tensor);
    }
  };
  const referred = (tensors: readonly Tensor[]): string => tensors.map((tensor) => numbers.get(tensor)).join();
  for (const node of graph.nodes) {
    yield* constants(node.inputs);
    yield `${node.operator.name}(${referred(node.inputs)})`;
    for (const [name, value] of Object.entries(node.attributes)) {
      yield ` ${name}=`;
      yield* written(value);
    }
    yield ` ${node.outputs.map(formatSpec).join()}\n`;
    node.outputs.forEach(add);
  }
  yield* constants(graph.outputs);
  yield `output ${referred(graph.outputs)}\n`;
}

function* written(value: AttributeValue): Iterable<string | Uint8Array> {
  if (typeof value !== 'object' || Array.isArray(value)) return yield JSON.stringify(value);
  yield '{\n';
  yield* writtenGraph(value as Graph);
  yield '}';
}

const bytesOf = ({ data }: NDArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
