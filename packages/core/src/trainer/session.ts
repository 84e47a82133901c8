/** One run as callbacks see it: the `TrainContext`, and what the loop reads back from it. */
import { GradusError, type NDArray } from '@gradus/graph';
import type { Fingerprint, MetricInfo, Stop, TrainContext } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { Batch, Emit, Model, Params } from '../contracts/model.js';
import type { TrainState, Variables } from '../contracts/train-state.js';
import type { History } from '../history.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { checkVariables, replaceParams, replaceVariables } from '../params.js';
import { Background } from './background.js';
import { failed } from './hooks.js';
import type { Progress } from './state.js';

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
  readonly predict: (inputs: Batch) => Promise<NDArray | Params>;
  readonly evaluationParams: () => Params;
  readonly fingerprint: () => Promise<Fingerprint>;
  /** Where the trainer stands: read at every use, written by the setters. */
  readonly state: { current: Progress };
}

/** Somebody who waits for a snapshot. */
interface SnapshotRequest {
  /** The callback that asked. */
  readonly by: string | null;
  readonly receive: (state: TrainState) => void | Promise<void>;
  readonly last: boolean;
}

const NOTHING = { params: {}, buffers: {}, variables: {} };

export class Session {
  readonly context: TrainContext;
  readonly background = new Background();
  epoch: number;
  /** Batches of the epoch done as hooks count them. */
  batch: number;
  resumed = false;
  folder: string | null = null;
  stopping: Stop | null = null;
  /** Steps done as hooks count them: inside a shared execution, up to the step whose hooks run. */
  step: number;
  /** Set while hooks run for a step inside a shared execution, whose state is not at hand. */
  insideExecution = false;
  /** The callback whose hook runs: who asks to stop. */
  caller: string | null = null;
  /** A hook asked for something that must hold from the next step on, or for the state of this one. */
  changed = false;
  /** Where `context.emit` goes while training. */
  emit: Emit = () => {};
  #pending: Pick<Progress, 'params' | 'buffers' | 'variables'> = NOTHING;
  #requests: SnapshotRequest[] = [];
  #fingerprint: Promise<Fingerprint> | null = null;
  readonly #fixed: Fixed;

  constructor(fixed: Fixed) {
    this.#fixed = fixed;
    this.step = fixed.state.current.step;
    this.epoch = fixed.state.current.epoch;
    this.batch = fixed.state.current.batch;
    this.context = this.#makeContext();
  }

  /** Counts from where training stands. @param resumed Whether it is a state that was given. */
  goOnFrom({ step, epoch, batch }: Progress, resumed: boolean): void {
    Object.assign(this, { step, epoch, batch, resumed });
  }

  /** Applies what was set inside a shared execution, once the loop has gone back to the step. */
  applyPending(): void {
    const { params, buffers, variables } = this.#pending;
    this.#pending = NOTHING;
    this.changed = false;
    this.#replace({ params, buffers, variables });
  }

  /** Hands a snapshot to everyone who asked for one. @throws `CALLBACK_FAILED`, naming who failed to take it. */
  async serveSnapshots(capture: () => TrainState): Promise<void> {
    const requests = this.#requests;
    this.#requests = [];
    if (requests.length === 0) return;
    const state = capture();
    for (const { by, receive } of [...requests.filter(({ last }) => !last), ...requests.filter(({ last }) => last)]) {
      try {
        await receive(state);
      } catch (error) {
        throw failed({ name: by ?? 'a listener' }, 'snapshot', error);
      }
    }
  }

  #replace(changes: { readonly params?: Params; readonly buffers?: Params; readonly variables?: Variables }): void {
    const { state, model } = this.#fixed;
    const { params = {}, buffers = {}, variables = {} } = changes;
    checkVariables(variables, model);
    const next = {
      params: replaceParams(state.current.params, params),
      buffers: replaceParams(state.current.buffers, buffers, 'buffer'),
      variables: replaceVariables(state.current.variables, variables),
    };
    if (!this.insideExecution) state.current = { ...state.current, ...next };
    else {
      this.#pending = {
        params: { ...this.#pending.params, ...params },
        buffers: { ...this.#pending.buffers, ...buffers },
        variables: { ...this.#pending.variables, ...variables },
      };
    }
  }

  #stateAtHand(): Progress {
    if (!this.insideExecution) return this.#fixed.state.current;
    throw new GradusError('STATE_NOT_AVAILABLE', {
      what: 'The state of a single step is not at hand: several steps share an execution',
      expected: 'a callback that asks for single steps',
      fix: 'Set `everyStep: true` on the callback, or fit(…, { stepsPerExecution: 1 }).',
    });
  }

  #makeContext(): TrainContext {
    const session = this;
    const { model, seed, epochs, stepsPerEpoch, samplesPerEpoch, history, metrics, hyperparameters, ...ask } = this.#fixed;
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
        return ask.evaluate(data);
      },
      async predict(inputs) {
        session.#stateAtHand();
        return ask.predict(inputs);
      },
      get epoch() {
        return session.epoch;
      },
      get batch() {
        return session.batch;
      },
      get step() {
        return session.step;
      },
      get resumed() {
        return session.resumed;
      },
      get params() {
        return session.#stateAtHand().params;
      },
      get evaluationParams() {
        session.#stateAtHand();
        return ask.evaluationParams();
      },
      get optimizerState() {
        return session.#stateAtHand().optimizer;
      },
      get buffers() {
        return session.#stateAtHand().buffers;
      },
      get variables() {
        return session.#stateAtHand().variables;
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
      setParams(params) {
        session.changed = true;
        session.#replace({ params });
      },
      setBuffers(buffers) {
        session.changed = true;
        session.#replace({ buffers });
      },
      setVariables(variables) {
        session.changed = true;
        session.#replace({ variables });
      },
      emit(event, payload) {
        session.emit(event, payload);
      },
      setHyperparameter(name, value) {
        hyperparameters.set(name, value);
        session.changed = true;
      },
      snapshot(receive, { last = false } = {}) {
        session.#requests.push({ by: session.caller, receive, last });
        session.changed = true;
      },
      background: (work, name) => session.background.add(work, name),
      fingerprint: () => (session.#fingerprint ??= ask.fingerprint()),
    };
  }
}
