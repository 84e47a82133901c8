/** The messages of edges, none computed twice. */
import type { TensorParams } from '@gradus/core';
import { add, NDArray, zeros, type Tensor } from '@gradus/graph';
import { valuesOf } from '../edge-values.js';
import type { Edge } from '../layer-map.js';
import type { Setting } from '../module.js';
import type { State } from './orchestrator.js';

export class Messages {
  readonly #values: TensorParams;
  readonly #setting: Setting;
  /** By edge and the sender's state. */
  readonly #known = new Map<Edge, WeakMap<Tensor, Tensor>>();

  constructor(values: TensorParams, setting: Setting) {
    this.#values = values;
    this.#setting = setting;
  }

  /** What an edge brings at a state; `null` where that is nothing. */
  of(edge: Edge, state: State): Tensor | null {
    const { module, sender } = edge;
    const x = state[sender];
    if (module.message === undefined || (module.linear === true && isZero(x))) return null;
    const known = this.#knownOf(edge);
    const message = known.get(x) ?? module.message(valuesOf(this.#values, edge), x, this.#setting);
    known.set(x, message);
    return message;
  }

  /** Remembers what an edge brings at a state, from a loop that has computed it. */
  remember(edge: Edge, state: State, message: Tensor): void {
    this.#knownOf(edge).set(state[edge.sender], message);
  }

  /** The sum of the messages of some edges to one layer. @param heard Takes each of them. */
  field(edges: readonly Edge[], row: number, state: State, heard?: Map<Edge, Tensor>): Tensor {
    const messages = edges.flatMap((edge) => {
      const message = this.of(edge, state);
      if (message !== null) heard?.set(edge, message);
      return message ?? [];
    });
    return messages.length > 0 ? messages.reduce(add) : zeros(state[row].shape, this.#setting.dtype);
  }

  #knownOf(edge: Edge): WeakMap<Tensor, Tensor> {
    const known = this.#known.get(edge) ?? new WeakMap<Tensor, Tensor>();
    this.#known.set(edge, known);
    return known;
  }
}

/** Whether it is known, while tracing, to be all zeros: the state of units that have not begun. */
export const isZero = (x: Tensor): boolean => x instanceof NDArray && x.data.every((value) => value === 0);
