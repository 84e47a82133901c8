/** Trackers: callbacks that only watch, and so may not end what they watch. */
import { callbackMembers, type Callback, type TrainContext } from '@gradus/core';
import { isGradusError } from '@gradus/graph';

export interface TrackerOptions {
  /** Told of each failure: the hook, or `snapshot` and `background`, and what it threw. Default: a warning of the process at the first one. */
  readonly onFailure?: (where: string, error: unknown) => void;
}

/** Hooks before anything is trained: a mistake in the configuration is best known then, and state must be taken or refused. */
const STRICT: ReadonlySet<string> = new Set(['check', 'restore', 'onTrainBegin', 'getState', 'setState']);

/**
 * A callback whose failures never reach training: for what sends params, metrics and artifacts elsewhere. What its hooks throw after
 * `onTrainBegin`, and what they give to `context.snapshot` and `context.background` throws, is told, and training goes on; the next hook
 * is called as if nothing had been. Until `onTrainBegin` has passed, errors end the run as any callback's do: nothing is lost yet.
 *
 * @example
 * const dashboard = tracker({ name: 'dashboard', onEpochEnd: (epoch, logs) => fetch(url, { method: 'POST', body: JSON.stringify(logs) }).then(() => {}) });
 * await trainer.fit(data, { epochs: 10, callbacks: [dashboard] });
 */
export function tracker(callback: Callback, { onFailure = warnOnce(callback.name) }: TrackerOptions = {}): Callback {
  const contexts = new WeakMap<TrainContext, TrainContext>();
  const guarded = <Args extends readonly unknown[]>(where: string, work: (...args: Args) => unknown) => {
    return (...args: Args): void | Promise<void> => {
      try {
        const pending = work(...args);
        if (pending instanceof Promise) return pending.then(() => {}).catch((error: unknown) => onFailure(where, error));
      } catch (error) {
        onFailure(where, error);
      }
    };
  };
  /** The run's own context, but for work that outlives the hook. */
  const contextOf = (context: TrainContext): TrainContext => {
    const known = contexts.get(context);
    if (known !== undefined) return known;
    const own = Object.create(context, {
      snapshot: { value: ((receive, options) => context.snapshot(guarded('snapshot', receive), options)) as TrainContext['snapshot'] },
      background: {
        value: ((work, name) => context.background(async () => guarded('background', work)(), name)) as TrainContext['background'],
      },
    }) as TrainContext;
    contexts.set(context, own);
    return own;
  };
  const isContext = (value: unknown): value is TrainContext =>
    typeof value === 'object' && value !== null && 'snapshot' in value && 'background' in value;
  const hooks = Object.entries(callbackMembers)
    .filter(([name, type]) => type === 'function' && callback[name as keyof Callback] !== undefined)
    .map(([name]) => {
      const hook = (...args: unknown[]): unknown =>
        (callback[name as keyof Callback] as (...all: unknown[]) => unknown).apply(
          callback,
          args.map((value) => (isContext(value) ? contextOf(value) : value)),
        );
      return [name, STRICT.has(name) ? hook : guarded(name, hook)] as const;
    });
  return { name: callback.name, everyStep: callback.everyStep, ...Object.fromEntries(hooks) };
}

function warnOnce(name: string): (where: string, error: unknown) => void {
  let told = false;
  return (where, error) => {
    if (told) return;
    told = true;
    const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    const code = isGradusError(error) ? error.code : 'CALLBACK_FAILED';
    process.emitWarning(`Callback '${name}' threw in ${where}: ${why}. Training goes on without what it was doing.`, { code });
  };
}
