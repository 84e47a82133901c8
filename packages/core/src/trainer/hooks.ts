/** Calls the hooks of a run's callbacks, in the order of the list, and says whose failed. */
import { GradusError } from '@gradus/graph';
import type { BackgroundWork, Callback, TrainContext } from '../contracts/callback.js';
import type { Emit } from '../contracts/model.js';

/** Hooks by name. */
export type HookName = Extract<keyof Callback, `on${string}`>;
type Fired = Exclude<HookName, 'onEvent' | 'onBackgroundEnd'>;
type HookArguments<H extends Fired> = Parameters<NonNullable<Callback[H]>> extends [...infer Rest, TrainContext] ? Rest : never;

export class Hooks {
  readonly #callbacks: readonly Callback[];
  readonly #context: TrainContext;
  readonly #enter: (callback: Callback) => void;
  /** Where models report events; `null` when no callback listens. */
  readonly emit: Emit | null;

  /** @param enter Told which callback's hook runs next. */
  constructor(callbacks: readonly Callback[], context: TrainContext, enter: (callback: Callback) => void = () => {}) {
    this.#callbacks = callbacks;
    this.#context = context;
    this.#enter = enter;
    const listeners = callbacks.filter((callback) => callback.onEvent !== undefined);
    this.emit =
      listeners.length === 0
        ? null
        : (event, payload) => {
            for (const callback of listeners) {
              try {
                callback.onEvent!(event, payload);
              } catch (error) {
                throw failed(callback, 'onEvent', error);
              }
            }
          };
  }

  /** Tells of work beside training that has ended. @throws `CALLBACK_FAILED`, naming the callback. */
  backgroundEnd(work: BackgroundWork): void {
    for (const callback of this.#callbacks) {
      try {
        callback.onBackgroundEnd?.(work);
      } catch (error) {
        throw failed(callback, 'onBackgroundEnd', error);
      }
    }
  }

  /** Whether any callback has the hook. */
  has(hook: HookName): boolean {
    return this.#callbacks.some((callback) => callback[hook] !== undefined);
  }

  /** @throws `CALLBACK_FAILED`, naming the callback and the hook; later callbacks are then not called. */
  async fire<H extends Fired>(hook: H, ...args: HookArguments<H>): Promise<void> {
    for (const callback of this.#callbacks) {
      if (callback[hook] === undefined) continue;
      this.#enter(callback);
      try {
        const pending = (callback[hook] as (...all: unknown[]) => void | Promise<void>)(...args, this.#context);
        if (pending !== undefined) await pending;
      } catch (error) {
        throw failed(callback, hook, error);
      }
    }
  }

  /** Tells every callback of a failure; what fails in turn is returned, not thrown. */
  async fireError(error: unknown): Promise<GradusError[]> {
    const further: GradusError[] = [];
    for (const callback of this.#callbacks) {
      try {
        await callback.onError?.(error, this.#context);
      } catch (second) {
        further.push(failed(callback, 'onError', second));
      }
    }
    return further;
  }
}

/** What a callback threw, as the run's failure. */
export const failed = (callback: Pick<Callback, 'name'>, hook: keyof Callback | 'snapshot', error: unknown): GradusError =>
  new GradusError('CALLBACK_FAILED', {
    what: `Callback '${callback.name}' threw in ${hook}`,
    received: error instanceof Error ? error.message.replace(/\.$/, '') : String(error),
    fix: 'The run was closed as failed; parameters and history up to here are kept on the trainer.',
    cause: error,
    data: { callback: callback.name, hook },
  });
