/** A layer map with the values of its edges: what can be stepped, settled, read and taught. */
import type { TensorParams } from '@gradus/core';
import { randomKey, type Tensor } from '@gradus/graph';
import type { Edge, Filter, LayerMap } from '../layer-map.js';
import type { Setting } from '../module.js';
import { edgeValues, valuesOf } from '../edge-values.js';
import { initialState } from './initial-state.js';
import { Messages } from './messages.js';
import type { Orchestrator, State } from './orchestrator.js';
import { sequential } from './sequential.js';
import { settle, type Plan, type Settled } from './settle.js';

export interface DynamicsOptions extends Partial<Setting> {
  /** The order of updates. Default: `sequential()`. */
  readonly orchestrator?: Orchestrator;
  /** Stop at a fixed point; the result is the same. Default: `true`. */
  readonly earlyExit?: boolean;
}

export interface StepOptions {
  /** Which senders take part. Default: `all`. */
  readonly filter?: Filter;
  /** Leave the output layer as it is: while training it holds the labels. Default: `true`. */
  readonly skipOutput?: boolean;
  /** `uint32[2]`, for an orchestrator that draws. Default: that of seed 0. */
  readonly key?: Tensor;
}

export interface UpdateOptions {
  /** What layers shall become. Default: the state itself, whose output layer holds the labels. */
  readonly target?: State;
  /** How much each sample counts: float `[batch]`. */
  readonly gate?: Tensor;
}

/**
 * The dynamics of a network, of arrays or of symbols.
 *
 * @param values Every edge's values, learned and frozen, by `receiver.sender.name`.
 * @example
 * const dynamics = new Dynamics(map, { ...params, ...frozen });
 * const { state } = dynamics.settle(dynamics.initialState(x, y), { steps: 10 });
 */
export class Dynamics {
  readonly map: LayerMap;
  readonly setting: Setting;
  readonly #values: TensorParams;
  readonly #messages: Messages;
  readonly #orchestrator: Orchestrator;
  readonly #earlyExit: boolean;

  constructor(map: LayerMap, values: TensorParams, options: DynamicsOptions = {}) {
    const { orchestrator = sequential(), earlyExit = true, dtype = 'float32', semantics = 'current' } = options;
    this.map = map;
    this.setting = { dtype, semantics };
    this.#values = values;
    this.#messages = new Messages(values, this.setting);
    this.#orchestrator = orchestrator;
    this.#earlyExit = earlyExit;
  }

  /** See `initialState`. */
  initialState(x: Tensor, y?: Tensor): State {
    return initialState(this.map, x, y, this.setting.dtype);
  }

  /** One sweep over the layers. */
  step(state: State, options: StepOptions = {}): State {
    const { rows, propose, key } = this.#plan(options);
    return this.#orchestrator.sweep(rows, state, propose, key).state;
  }

  /** Sweeps until nothing changes, at most `steps` of them. */
  settle(state: State, { steps, ...options }: StepOptions & { readonly steps: number }): Settled {
    return settle(this.#plan(options), state, steps, this.#earlyExit);
  }

  /** The field at every layer that receives, from a state that stays as it is. Default: without the output layer's messages. */
  fields(state: State, filter: Filter = 'inference'): State {
    return Object.fromEntries(this.map.rows.map((row) => [row, this.#messages.field(this.map.incoming(row, filter), row, state)]));
  }

  /** What the output layer would become from all of its senders: the scores, `[batch, …output]`. */
  readout(state: State): Tensor {
    const { output } = this.map;
    return this.map.layer(output).activation(this.#messages.field(this.map.incoming(output), output, state));
  }

  /** What the rules of all edges that learn make of a state, named as their values: what an optimizer subtracts. */
  updates(state: State, { target = state, gate }: UpdateOptions = {}): TensorParams {
    const learning = new Map(this.learning(state, target).map(({ edge, ...experience }) => [edge, experience]));
    return edgeValues(this.map.edges, (edge) => {
      const experience = learning.get(edge);
      return experience && edge.module.update!(valuesOf(this.#values, edge), { x: state[edge.sender], ...experience, gate }, this.setting);
    });
  }

  /** Updates with each edge's own rate and decay: once, after those of several states have been added up. */
  withRates(updates: TensorParams): TensorParams {
    return edgeValues(this.map.edges, (edge) => {
      const own = valuesOf(updates, edge);
      return edge.module.withRates?.(own, valuesOf(this.#values, edge)) ?? own;
    });
  }

  /** The edges that learn, with the target and the field on which each measures its margin. */
  learning(state: State, target: State = state): readonly { readonly edge: Edge; readonly y: Tensor; readonly field: Tensor }[] {
    const seed = this.setting.semantics === 'seed';
    const fields = this.fields(state, seed ? 'forward' : 'inference');
    return this.map.edges
      .filter(({ module }) => module.update !== undefined)
      .map((edge) => {
        const { receiver, sender } = edge;
        const field = seed && sender !== receiver ? this.#messages.field([edge], receiver, state) : fields[receiver];
        return { edge, y: target[receiver], field };
      });
  }

  #plan({ filter = 'all', skipOutput = true, key = randomKey(0) }: StepOptions): Plan {
    const rows = this.map.rows.filter((row) => !skipOutput || row !== this.map.output);
    const moves = ({ sender }: Edge): boolean => rows.includes(sender);
    const incoming = rows.map((row) => this.map.incoming(row, filter));
    return {
      orchestrator: this.#orchestrator,
      rows,
      key,
      messages: this.#messages,
      inner: incoming.flat().filter((edge) => moves(edge) && edge.module.message !== undefined),
      propose: (row, state, heard) => {
        const edges = incoming[rows.indexOf(row)];
        // What no sweep changes is added up first, and so becomes one constant of the loop.
        const ordered = [...edges.filter((edge) => !moves(edge)), ...edges.filter(moves)];
        return this.map.layer(row).activation(this.#messages.field(ordered, row, state, heard));
      },
    };
  }
}
