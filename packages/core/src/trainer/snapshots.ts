/** Taking everything that decides the future of a run, and giving it back. */
import { flatten, formatSpec, GradusError, type TensorSpec } from '@gradus/graph';
import type { Callback } from '../contracts/callback.js';
import type { TrainState } from '../contracts/train-state.js';
import type { History } from '../history.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import type { RunFolder } from '../run-folder.js';
import { failed } from './hooks.js';
import type { Session } from './session.js';
import { formOf, type Progress } from './state.js';

interface Parts {
  readonly state: { readonly current: Progress };
  readonly session: Session | null;
  readonly seed: number;
  readonly history: History;
  readonly hyperparameters: HyperparameterSet;
  readonly callbacks: readonly Callback[];
  readonly folder: RunFolder | null;
}

/** Between two steps, when every callback has seen what was done. @throws `CALLBACK_FAILED`, naming the callback whose `getState` threw. */
export function capture({ state, session, seed, history, hyperparameters, callbacks, folder }: Parts): TrainState {
  const stopping = session?.stopping ?? null;
  return {
    ...state.current,
    seed,
    epochs: session?.context.epochs ?? state.current.epoch,
    history: [...history.rows],
    hyperparameters: hyperparameters.overrides,
    // An interrupt ends this process, not the run.
    stopping: stopping?.reason === 'requested' ? stopping : null,
    callbacks: Object.fromEntries(callbacks.filter(keepsState).map((callback) => [callback.name, stateOf(callback)])),
    folder: folder?.position ?? null,
  };
}

/** Whether a callback has something to go on from after a restart. */
export const keepsState = (callback: Callback): boolean => callback.getState !== undefined;

function stateOf(callback: Callback): unknown {
  try {
    return copied(callback.getState!());
  } catch (error) {
    throw failed(callback, 'getState', error);
  }
}

/** A copy that later changes do not reach; arrays are immutable and shared. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copied(item)]));
}

/** Gives callbacks what they kept. @throws `CALLBACK_FAILED`. */
export function restoreCallbacks(callbacks: readonly Callback[], states: TrainState['callbacks']): void {
  for (const callback of callbacks) {
    if (callback.setState === undefined || !Object.hasOwn(states, callback.name)) continue;
    try {
      callback.setState(states[callback.name]);
    } catch (error) {
      throw failed(callback, 'setState', error);
    }
  }
}

/**
 * The part of `state` that the loop moves, checked against where the trainer stands.
 * @throws `STATE_MISMATCH` with every difference, for the state of another model or optimizer.
 */
export function progressFrom(state: TrainState, now: Progress, seed: number): Progress {
  const differences = [...(state.seed === seed ? [] : [`seed: ${state.seed}, here ${seed}`]), ...formDifferences(state, now)];
  if (differences.length > 0) {
    throw new GradusError('STATE_MISMATCH', {
      what: 'The state belongs to another model, optimizer or seed',
      received: differences.join('; '),
      expected: 'a state of a trainer made alike',
      fix: 'Make the trainer as it was made for the run that left this state; setParams(state.params) takes over parameters alone.',
    });
  }
  const { params, optimizer, buffers, variables, step, epoch, batch, meter } = state;
  return { params, optimizer, buffers, variables, step, epoch, batch, meter };
}

function formDifferences(state: TrainState, now: Progress): string[] {
  const [saved, here] = [formOf(state), formOf(now)].map(
    (form) => new Map(flatten<TensorSpec>(form as never).map(({ path, leaf }) => [path, formatSpec(leaf)])),
  );
  for (const name of Object.keys(state.variables)) saved.set(`variables.${name}`, 'a variable');
  for (const name of Object.keys(now.variables)) here.set(`variables.${name}`, 'a variable');
  return [...new Set([...saved.keys(), ...here.keys()])]
    .filter((path) => saved.get(path) !== here.get(path))
    .map((path) => `${path}: ${saved.get(path) ?? 'nothing'}, here ${here.get(path) ?? 'nothing'}`);
}
