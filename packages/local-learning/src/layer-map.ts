/** The graph of a network: which layer receives from which, and by what. */
import { checkOptions, rules } from '@gradus/core';
import { formatShape, GradusError, sameShape, type Shape } from '@gradus/graph';
import { isLayer, type Layer, type Module } from './module.js';

/** Which senders take part: all; those up to the receiver; those from the receiver on; all but the output layer. */
export type Filter = 'all' | 'forward' | 'backward' | 'inference';

export interface Edge {
  readonly receiver: number;
  readonly sender: number;
  readonly module: Module;
}

/** Receivers, each with what it receives from whom: `{ 1: { 0: adapter, 1: layer, 2: adapter }, 2: { 1: adapter, 2: layer } }`. */
export type Connections = Readonly<Record<number, Readonly<Record<number, Module>>>>;

export interface LayerMapOptions {
  /** The shape of one input, channels first: a number stands for that many units. Default: what the edges from the input take. */
  readonly input?: number | Shape;
}

/**
 * A sparse table of edges. Layer 0 is the input, which only sends; the last layer is the output. A layer stands on the diagonal; all
 * other edges are adapters.
 */
export class LayerMap {
  /** Receiving layers, ascending. */
  readonly rows: readonly number[];
  /** The last layer. */
  readonly output: number;
  /** Every edge, by receiver and then by sender, ascending: the canonical order of parameters. */
  readonly edges: readonly Edge[];
  /** The shape of each layer's state for one sample, the input's at 0. */
  readonly shapes: Readonly<Record<number, Shape>>;

  constructor(connections: Connections, options: LayerMapOptions = {}) {
    checkOptions('layerMap', options, { input: rules.any });
    checkConnections(connections);
    this.edges = Object.entries(connections).flatMap(([receiver, senders]) =>
      Object.entries(senders).map(([sender, module]) => ({ receiver: Number(receiver), sender: Number(sender), module })),
    );
    this.rows = Object.keys(connections).map(Number);
    this.output = this.rows[this.rows.length - 1];
    const own = this.rows.map((row): [number, Shape] => [row, this.layer(row).shape]);
    this.shapes = { 0: inputShape(this.edges, options.input), ...Object.fromEntries(own) };
    for (const edge of this.edges) requireFit(edge, this.shapes);
  }

  /** The layer object of a row. */
  layer(row: number): Layer {
    return this.get(row, row) as Layer;
  }

  /** The module of an edge, or `undefined`. */
  get(receiver: number, sender: number): Module | undefined {
    return this.edges.find((edge) => edge.receiver === receiver && edge.sender === sender)?.module;
  }

  /** The edges to a layer from those senders that the filter lets through, ascending. @throws `INVALID_ARGUMENT` for an unknown filter. */
  incoming(receiver: number, filter: Filter = 'all'): readonly Edge[] {
    const passes = filters(this.output)[filter];
    if (passes === undefined) throw unknownFilter(filter);
    return this.edges.filter((edge) => edge.receiver === receiver && passes(edge));
  }
}

/** Whether an edge's sender takes part. */
const filters = (output: number): Readonly<Record<Filter, (edge: Edge) => boolean>> => ({
  all: () => true,
  forward: ({ receiver, sender }) => sender <= receiver,
  backward: ({ receiver, sender }) => sender >= receiver,
  inference: ({ sender }) => sender !== output,
});

const unknownFilter = (filter: string): GradusError =>
  new GradusError('INVALID_ARGUMENT', {
    what: 'There is no such filter of senders',
    received: `'${filter}'`,
    expected: Object.keys(filters(0)).join(', '),
  });

/**
 * A checked {@link LayerMap}.
 *
 * @throws `INPUT_RECEIVES`, `MISSING_DIAGONAL`, `UNKNOWN_SENDER`; `SHAPE_MISMATCH`, naming the edge and both sizes; `INVALID_ARGUMENT`.
 * @example
 * const layers = layerMap({
 *   1: {
 *     0: fullyConnected({ in: 100, out: 256, threshold: 3.5 }),
 *     1: recurrentDiscrete({ units: 256, threshold: 0.5 }),
 *     2: frozenFullyConnected({ in: 10, out: 256, strength: 0.3 }),
 *   },
 *   2: { 1: fullyConnected({ in: 256, out: 10, threshold: 3.5 }), 2: outputLayer({ units: 10 }) },
 * });
 */
export const layerMap = (connections: Connections, options: LayerMapOptions = {}): LayerMap => new LayerMap(connections, options);

function checkConnections(connections: Connections): void {
  const rows = Object.keys(connections);
  const invalid = (what: string, received: string, expected: string): GradusError =>
    new GradusError('INVALID_ARGUMENT', { what, received, expected });
  if (rows.length === 0) throw invalid('A layer map needs layers', 'none', 'at least an output layer that receives something');
  for (const [row, senders] of Object.entries(connections)) {
    const odd = [row, ...Object.keys(senders)].find((key) => !/^\d+$/.test(key));
    if (odd !== undefined) throw invalid('Layers of a layer map are numbers', `'${odd}'`, 'whole numbers, 0 being the input');
    const [sender] = Object.entries(senders).find(([, module]) => typeof (module as Partial<Module> | null)?.gives !== 'function') ?? [];
    if (sender !== undefined)
      throw invalid(`Edge (${row}, ${sender}) is no module`, String(senders[Number(sender)]), 'a module such as fullyConnected()');
  }
  if ('0' in connections) {
    throw new GradusError('INPUT_RECEIVES', {
      what: 'Layer 0 of a layer map receives from others',
      received: Object.keys(connections[0])
        .map((sender) => `edge (0, ${sender})`)
        .join(', '),
      expected: 'layers from 1 on as receivers: layer 0 is the input, which stays as the data has it',
      fix: 'Remove row 0.',
    });
  }
  const without = rows.filter(
    (row) => connections[Number(row)][Number(row)] === undefined || !isLayer(connections[Number(row)][Number(row)]),
  );
  if (without.length > 0) {
    throw new GradusError('MISSING_DIAGONAL', {
      what: `A layer map has no layer on its diagonal for ${without.join(', ')}`,
      received: without.map((row) => connections[Number(row)][Number(row)]?.name ?? 'nothing').join(', '),
      expected: `a layer at ${without.map((row) => `(${row}, ${row})`).join(', ')}`,
      fix: 'Put one there: recurrentDiscrete({ units }), or outputLayer({ units }) for the last.',
    });
  }
  for (const row of rows) {
    const [stray, layer] = Object.entries(connections[Number(row)]).find(([sender, module]) => sender !== row && isLayer(module)) ?? [];
    if (layer !== undefined) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: `Edge (${row}, ${stray}) of a layer map has a layer where an adapter belongs`,
        received: layer.name,
        expected: 'layers on the diagonal alone',
        fix: 'Put an adapter there: fullyConnected({ in, out }).',
      });
    }
    const unknown = Object.keys(connections[Number(row)]).find((sender) => sender !== '0' && !rows.includes(sender));
    if (unknown === undefined) continue;
    throw new GradusError('UNKNOWN_SENDER', {
      what: `Edge (${row}, ${unknown}) of a layer map comes from a layer that is not there`,
      received: `layer ${unknown}`,
      expected: `one of 0, ${rows.join(', ')}`,
      fix: `Give layer ${unknown} a row, or remove the edge.`,
    });
  }
}

/** @throws `INVALID_ARGUMENT` where nothing says it. */
function inputShape(edges: readonly Edge[], given: number | Shape | undefined): Shape {
  if (given !== undefined) return typeof given === 'number' ? [given] : given;
  const shape = edges.find(({ sender, module }) => sender === 0 && module.takes !== null)?.module.takes;
  if (shape !== undefined && shape !== null) return shape;
  throw new GradusError('INVALID_ARGUMENT', {
    what: 'The shape of the input is not known',
    received: `edges from layer 0: ${
      edges
        .filter(({ sender }) => sender === 0)
        .map(({ module }) => module.name)
        .join(', ') || 'none'
    }`,
    expected: 'one that takes a single shape, or the option `input`',
    fix: 'Give layerMap(…, { input: [channels, height, width] }).',
  });
}

/** @throws `SHAPE_MISMATCH`, naming the edge and both sizes. */
function requireFit({ receiver, sender, module }: Edge, shapes: Readonly<Record<number, Shape>>): void {
  const message = module.gives(shapes[sender]);
  const edge = `Edge (${receiver}, ${sender}), ${module.name},`;
  const layer = (index: number): string => (index === 0 ? 'the input' : `layer ${index}`);
  if (message === null) {
    throw new GradusError('SHAPE_MISMATCH', {
      what: `${edge} does not take what ${layer(sender)} sends`,
      received: formatShape(shapes[sender]),
      expected: module.takes === null ? 'a shape that it takes' : formatShape(module.takes),
      fix: 'Change the edge, or one of its layers.',
    });
  }
  if (sameShape(message, shapes[receiver])) return;
  throw new GradusError('SHAPE_MISMATCH', {
    what: `${edge} brings another shape than layer ${receiver} has`,
    received: formatShape(message),
    expected: formatShape(shapes[receiver]),
    fix: 'Change the edge, or one of its layers.',
  });
}
