/** What every callback must do: be found by its hooks' names, survive every kind of ending, and remember in JSON. */
import assert from 'node:assert/strict';
import { callbackMembers, didYouMean, type Callback, type Logs } from '@gradus/core';
import { GradusError, NDArray } from '@gradus/graph';
import { withExceptions, type Check, type Exceptions } from './check.js';
import { fakeTrainContext, type FakeTrainContext } from './fake-train-context.js';
import { playRun, type Ending, type RunScript } from './play-run.js';

export interface CallbackCheckOptions {
  /** Whether the callback makes every step its own execution, by `everyStep` or `onTrainBatchBegin`: it costs speed. Default: `false`. */
  readonly everyStep?: boolean;
  /** What the epochs of the runs it is tried in report. Default: three epochs with `loss` and `val_loss`, the last the worst. */
  readonly logs?: readonly Logs[];
  readonly exceptions?: Exceptions;
}

const LOGS: readonly Logs[] = [
  { loss: 1, val_loss: 1.5 },
  { loss: 0.5, val_loss: 1.25 },
  { loss: 0.75, val_loss: 2 },
];

/**
 * Checks of a callback. `make` is called once per check, sometimes twice: two callbacks must not share state.
 *
 * @example
 * for (const { name, run } of callbackChecks(() => earlyStopping())) it(name, run);
 */
export function callbackChecks(make: () => Callback, options: CallbackCheckOptions = {}): Check[] {
  const { everyStep = false, logs = LOGS, exceptions } = options;
  const play = (callback: Callback, ending?: Ending, others: readonly Callback[] = [], states?: RunScript['states']): Promise<unknown> =>
    playRun([shielded(callback, everyStep), ...others], { logs: logs.map((values) => Object.freeze({ ...values })), ending, states });
  const again = async (callback: Callback, ending?: Ending, others?: readonly Callback[]): Promise<void> => {
    await play(callback, ending, others);
    await play(callback);
  };
  const stopper: Callback = { name: 'stopper', onTrainBatchEnd: (_batch, _logs, context) => context.stop('asked to') };
  const checks: Check[] = [
    { name: 'has a stable name', run: () => checkName(make, play) },
    { name: 'every member is a known one of its type', run: () => checkMembers(make()) },
    { name: everyStep ? 'asks for single steps, as declared' : 'does not ask for single steps', run: () => checkSteps(make(), everyStep) },
    { name: 'survives a run that ends well, twice', run: () => again(make()) },
    { name: 'survives a stop, and works again', run: () => again(make(), undefined, [stopper]) },
    { name: 'survives an interrupt, and works again', run: () => again(make(), { as: 'interrupted', epoch: logs.length - 1, batch: 1 }) },
    { name: 'survives a failure, and works again', run: () => again(make(), { as: 'failed', epoch: 0, batch: 1 }) },
    {
      name: 'survives what is thrown without being an Error',
      run: () => again(make(), { as: 'failed', epoch: 0, batch: 1, error: 'text' }),
    },
    { name: 'survives a loss that is not finite', run: () => again(make(), { as: 'nonFinite', epoch: 0, batch: 1 }) },
    { name: 'refuses a run that reports nothing with a coded error, or takes it', run: () => checkRefusal(make()) },
    { name: 'survives evaluation and prediction outside of training', run: () => standalone(make()) },
    { name: 'survives any event', run: () => events(make()) },
    { name: 'its state can be stored, and taken back', run: () => checkState(make, play) },
    {
      name: 'its state of before the beginning is one to go on from',
      run: () => checkBeginning(make, (callback, states) => play(callback, undefined, [], states)),
    },
    { name: 'a run that is cut in two goes on as one', run: () => checkCut(make, logs) },
  ];
  return withExceptions(checks, exceptions);
}

/** A callback that passes every call on; the state of a single step is at hand only for those that asked for it, as in the trainer. */
function shielded(callback: Callback, everyStep: boolean): Callback {
  const members = (Object.keys(callbackMembers) as (keyof Callback)[]).filter((key) => typeof callback[key] === 'function');
  const calls = Object.fromEntries(
    members.map((key) => [key, (...args: never[]) => (callback[key] as (...all: never[]) => unknown)(...args)]),
  );
  const shield = (context: FakeTrainContext): FakeTrainContext => {
    const refuse = (): never => {
      throw new GradusError('STATE_NOT_AVAILABLE', {
        what: 'It reads the state of a single step without asking for single steps',
        fix: 'Set everyStep: true.',
      });
    };
    return Object.create(context, {
      params: { get: refuse },
      evaluationParams: { get: refuse },
      optimizerState: { get: refuse },
      buffers: { get: refuse },
    }) as FakeTrainContext;
  };
  const { onTrainBatchEnd } = callback;
  if (onTrainBatchEnd === undefined || everyStep) return { name: callback.name, ...calls };
  return {
    name: callback.name,
    ...calls,
    onTrainBatchEnd: (batch, logs, context) => callback.onTrainBatchEnd!(batch, logs, shield(context as FakeTrainContext)),
  };
}

async function checkName(make: () => Callback, play: (callback: Callback) => Promise<unknown>): Promise<void> {
  const callback = make();
  const { name } = callback;
  assert.ok(typeof name === 'string' && name !== '', `A callback needs a name. Received: ${String(name)}.`);
  assert.equal(make().name, name, 'Two callbacks made alike have different names: the state of a run could not be found again.');
  await play(callback);
  assert.equal(callback.name, name, 'The name changes during a run.');
}

/** Names of own and inherited members, methods of classes included. */
function memberNames(callback: object): string[] {
  const names = new Set<string>();
  for (let level = callback; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level) as object) {
    for (const name of Object.getOwnPropertyNames(level)) names.add(name);
  }
  return [...names];
}

function checkMembers(callback: Callback): void {
  const known = Object.keys(callbackMembers);
  for (const name of memberNames(callback)) {
    if (Object.hasOwn(callbackMembers, name)) {
      const value = callback[name as keyof Callback];
      const type = callbackMembers[name as keyof Callback];
      assert.ok(
        value === undefined || type.split(' or ').includes(typeof value),
        `'${name}' is ${value === null ? 'null' : `a ${typeof value}`}, expected a ${type}.`,
      );
    } else {
      assert.ok(!/^on[A-Z_]/.test(name), `'${name}' is no hook: it would never be called. ${didYouMean(name, known)}`);
    }
  }
}

function checkSteps(callback: Callback, everyStep: boolean): void {
  const asks = callback.everyStep === true || callback.onTrainBatchBegin !== undefined;
  const how = callback.everyStep === true ? 'everyStep' : 'onTrainBatchBegin';
  if (everyStep) assert.ok(asks, 'It is declared to need single steps but has neither everyStep nor onTrainBatchBegin.');
  else assert.ok(!asks, `It makes every step its own execution by ${how}, which is slow. Declare { everyStep: true } if it must.`);
}

function checkRefusal(callback: Callback): void {
  try {
    callback.check?.(fakeTrainContext({ metrics: {}, hyperparameters: {} }));
  } catch (error) {
    if (!(error instanceof GradusError)) throw error;
  }
}

async function standalone(callback: Callback): Promise<void> {
  const context = fakeTrainContext({ epochs: 0, metrics: {} });
  await callback.onTestBegin?.(context);
  await callback.onTestBatchBegin?.(0, context);
  await callback.onTestBatchEnd?.(0, { loss: 1 }, context);
  await callback.onTestEnd?.({ loss: 1 }, context);
  await callback.onPredictBegin?.(context);
  await callback.onPredictBatchBegin?.(0, context);
  await callback.onPredictBatchEnd?.(0, context);
  await callback.onPredictEnd?.(context);
}

function events(callback: Callback): void {
  const answer: unknown = callback.onEvent?.('step', Object.freeze({ step: 0, value: NaN, nested: Object.freeze({ list: [1, null] }) }));
  callback.onEvent?.('', {});
  assert.ok(!(answer instanceof Promise), 'onEvent is called in the middle of a computation and cannot be awaited: it must not be async.');
  callback.onBackgroundEnd?.(Object.freeze({ name: 'checkpoint', startTime: 0, endTime: 1, error: new Error('disk') }));
}

async function checkState(make: () => Callback, play: (callback: Callback) => Promise<unknown>): Promise<void> {
  const callback = make();
  const { getState, setState } = callback;
  assert.equal(typeof getState, typeof setState, 'getState and setState belong together: one of them is missing.');
  if (getState === undefined) return;
  await play(callback);
  const state = stored(callback.getState!(), 'state');
  const other = make();
  other.setState!(state);
  assert.deepEqual(other.getState!(), state, 'A callback that was given a state has another one.');
  await play(other);
}

async function checkBeginning(
  make: () => Callback,
  play: (callback: Callback, states?: RunScript['states']) => Promise<unknown>,
): Promise<void> {
  const [whole, before, after] = [make(), make(), make()];
  if (whole.getState === undefined) return;
  before.check?.(fakeTrainContext());
  const state = stored(before.getState!(), 'state');
  await play(whole);
  const expected = stored(whole.getState(), 'state');
  await play(after, { [after.name]: state });
  assert.deepEqual(after.getState!(), expected, 'It ends in another state than a run that was not taken up at its beginning.');
}

/** What comes back from a checkpoint. @throws for what none can hold: only JSON, arrays and numbers of any kind. */
function stored(value: unknown, path: string): unknown {
  if (value instanceof NDArray) return new NDArray(value.dtype, value.shape, value.data.slice());
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map((item, k) => stored(item, `${path}[${k}]`));
  const plain = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  assert.ok(plain, `No checkpoint can hold ${path}, a ${typeof value}: JSON, NDArrays and numbers only.`);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, stored(item, `${path}.${name}`)]));
}

/** Its state at the end is the same whether or not the run was restarted after its first epoch. */
async function checkCut(make: () => Callback, logs: readonly Logs[]): Promise<void> {
  const names = Object.keys(logs[0]);
  const metrics = Object.fromEntries(names.map((name) => [name, { direction: 'min' as const }]));
  const run = async (callback: Callback, upTo: number, from?: number, states?: RunScript['states']): Promise<unknown> => {
    await playRun([callback], { logs: logs.slice(0, upTo), from, states, context: fakeTrainContext({ epochs: logs.length, metrics }) });
    return callback.getState?.();
  };
  const whole = await run(make(), logs.length);
  const [before, after] = [make(), make()];
  const cut = await run(before, 1);
  if (cut === undefined) return;
  const states = { [after.name]: stored(cut, 'state') };
  assert.deepEqual(await run(after, logs.length, 1, states), whole, 'After a restart it ends in another state.');
}
