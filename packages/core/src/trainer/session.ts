/** One run as callbacks see it: the `TrainContext`, and what the loop reads back from it. */
import { GradusError } from '@gradus/graph';
import type { MetricInfo, Stop, TrainContext } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { Emit, Model, Params } from '../contracts/model.js';
import type { History } from '../history.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { replaceParams } from '../params.js';
import type { TrainState } from './state.js';

interface Fixed {
  readonly model: Model;
  readonly seed: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly samplesPerEpoch: number;
  readonly history: History;
  readonly metrics: Readonly<Record<string, MetricInfo>>;
  readonly hyperparameters: HyperparameterSet;
  readonly evaluate: (data?: DataSource) => Promise<Record<string, number>>;
  /** The trainer's state: read at every use, written by `setParams`. */
  readonly state: { current: TrainState };
}

const NOTHING = { params: {}, buffers: {} };
const NOUN = { params: 'parameter', buffers: 'buffer' } as const;

export class Session {
  readonly context: TrainContext;
  epoch = 0;
  folder: string | null = null;
  stopping: Stop | null = null;
  /** Steps done as hooks count them: inside a shared execution, up to the step whose hooks run. */
  step: number;
  /** Set while hooks run for a step inside a shared execution, whose state is not at hand. */
  insideExecution = false;
  /** The callback whose hook runs: who asks to stop. */
  caller: string | null = null;
  /** A hook asked for something that must hold from the next step on. */
  changed = false;
  /** Where `context.emit` goes while training. */
  emit: Emit = () => {};
  #pending: { readonly params: Params; readonly buffers: Params } = NOTHING;
  readonly #fixed: Fixed;

  constructor(fixed: Fixed) {
    this.#fixed = fixed;
    this.step = fixed.state.current.step;
    this.context = this.#makeContext();
  }

  /** Applies parameters set inside a shared execution, once the loop has gone back to the step. */
  applyPending(): void {
    this.#replace('params', this.#pending.params);
    this.#replace('buffers', this.#pending.buffers);
    this.#pending = NOTHING;
    this.changed = false;
  }

  #replace(part: 'params' | 'buffers', changes: Params): void {
    const { state } = this.#fixed;
    const values = replaceParams(state.current[part], changes, NOUN[part]);
    if (!this.insideExecution) state.current = { ...state.current, [part]: values };
    else this.#pending = { ...this.#pending, [part]: { ...this.#pending[part], ...changes } };
  }

  #stateAtHand(): TrainState {
    if (!this.insideExecution) return this.#fixed.state.current;
    throw new GradusError('STATE_NOT_AVAILABLE', {
      what: 'The state of a single step is not at hand: several steps share an execution',
      expected: 'a callback that asks for single steps',
      fix: 'Set `everyStep: true` on the callback, or fit(…, { stepsPerExecution: 1 }).',
    });
  }

  #makeContext(): TrainContext {
    const session = this;
    const { model, seed, epochs, stepsPerEpoch, samplesPerEpoch, history, metrics, hyperparameters, evaluate } = this.#fixed;
    return {
      model,
      seed,
      epochs,
      stepsPerEpoch,
      samplesPerEpoch,
      history,
      metrics,
      async evaluate(data) {
        session.#stateAtHand();
        return evaluate(data);
      },
      get epoch() {
        return session.epoch;
      },
      get step() {
        return session.step;
      },
      get params() {
        return session.#stateAtHand().params;
      },
      get optimizerState() {
        return session.#stateAtHand().optimizer;
      },
      get buffers() {
        return session.#stateAtHand().buffers;
      },
      get hyperparameters() {
        return hyperparameters.at(session.step);
      },
      get folder() {
        return session.folder;
      },
      get stopping() {
        return session.stopping;
      },
      stop(message) {
        session.stopping ??= { reason: 'requested', message, ...(session.caller === null ? {} : { by: session.caller }) };
        session.changed = true;
      },
      setParams(changes) {
        session.changed = true;
        session.#replace('params', changes);
      },
      setBuffers(changes) {
        session.changed = true;
        session.#replace('buffers', changes);
      },
      emit(event, payload) {
        session.emit(event, payload);
      },
      setHyperparameter(name, value) {
        hyperparameters.set(name, value);
        session.changed = true;
      },
    };
  }
}
