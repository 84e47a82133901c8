/** The values of all edges as one flat record: `1.0.weight` is what layer 1 has for the messages of layer 0. */
import type { Tensor } from '@gradus/graph';
import type { Edge } from './layer-map.js';

const edgeName = (receiver: number, sender: number, name: string): string => `${receiver}.${sender}.${name}`;

/** Those of one edge, by their relative names. */
export function valuesOf<T extends Tensor>(values: Readonly<Record<string, T>>, { receiver, sender }: Edge): Record<string, T> {
  const prefix = edgeName(receiver, sender, '');
  const own = Object.entries(values).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** What `of` gives for each edge, as one record in canonical order. */
export function edgeValues<T extends Tensor>(
  edges: readonly Edge[],
  of: (edge: Edge, index: number) => Readonly<Record<string, T>> | undefined,
): Record<string, T> {
  return Object.fromEntries(
    edges.flatMap((edge, i) =>
      Object.entries(of(edge, i) ?? {}).map(([name, value]) => [edgeName(edge.receiver, edge.sender, name), value]),
    ),
  );
}
