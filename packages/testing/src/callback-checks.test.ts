import type { Callback } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { callbackChecks, type CallbackCheckOptions } from './index.js';
import { findsFailure } from '../test/failures.js';

/** Counts epochs, and remembers. */
class Good implements Callback {
  readonly name = 'good';
  #epochs = 0;
  onEpochEnd(): void {
    this.#epochs++;
  }
  getState(): unknown {
    return { epochs: this.#epochs };
  }
  setState(state: unknown): void {
    this.#epochs = (state as { epochs: number }).epochs;
  }
}

describe('good callbacks pass', () => {
  for (const { name, run } of callbackChecks(() => new Good())) it(name, run);
  for (const { name, run } of callbackChecks(() => ({ name: 'plain' }))) it(`an empty one: ${name}`, run);
  const every = (): Callback => ({ name: 'every', everyStep: true, onTrainBatchEnd: (_b, _l, { params }) => void params.w });
  for (const { name, run } of callbackChecks(every, { everyStep: true })) it(`one for single steps: ${name}`, run);
});

describe('broken callbacks are caught', () => {
  let made = 0;
  let shared = 0;
  const cases: [string, () => object, RegExp, CallbackCheckOptions?][] = [
    ['no name', () => ({}), /needs a name/],
    ['a name of its own each time', () => ({ name: `c${made++}` }), /different names/],
    ['a name that changes', () => ({ name: 'a', onTrainBegin() { (this as { name: string }).name = 'b'; } }), /changes during a run/],
    ['a misspelt hook', () => ({ name: 'a', onEpochsEnd() {} }), /'onEpochsEnd' is no hook.*Did you mean 'onEpochEnd'\?/],
    ['a hook in snake case', () => ({ name: 'a', on_epoch_end() {} }), /Did you mean 'onEpochEnd'\?/],
    ['a misspelt hook of a class', () => new (class { name = 'a'; onTrainBegins() {} })(), /Did you mean 'onTrainBegin'\?/],
    ['a hook that is no function', () => ({ name: 'a', onEpochEnd: true }), /'onEpochEnd' is a boolean, expected a function/],
    ['a hook that is null', () => ({ name: 'a', onEpochEnd: null }), /'onEpochEnd' is null/],
    ['single steps undeclared', () => ({ name: 'a', onTrainBatchBegin() {} }), /single steps.*by onTrainBatchBegin/s],
    ['single steps undeclared, by everyStep', () => ({ name: 'a', everyStep: true }), /by everyStep/],
    ['single steps declared for nothing', () => ({ name: 'a' }), /declared to need single steps/, { everyStep: true }],
    ['reads a step that is not at hand', () => ({ name: 'a', onTrainBatchEnd: (_b: number, _l: object, c: { params: object }) => c.params }), /reads the state of a single step/],
    ['changes the logs', () => ({ name: 'a', onEpochEnd: (_e: number, logs: Record<string, number>) => void (logs.lr = 1) }), /not extensible/],
    ['fails at the end', () => ({ name: 'a', onTrainEnd() { throw new Error('oh'); } }), /^survives a run that ends well, twice: oh/],
    ['fails on its second run', () => { let runs = 0; return { name: 'a', onTrainBegin() { if (runs++ > 0) throw new Error('used'); } }; }, /^survives .*: used/],
    ['expects an Error', () => ({ name: 'a', onError: (error: Error) => void error.message.length }), /^survives what is thrown without being an Error/],
    ['expects epochs to have ended', () => ({ name: 'a', onError: (_e: unknown, { history }: { history: { rows: { logs: object }[] } }) => void history.rows[0].logs }), /^survives a failure/],
    ['cannot take an interrupt', () => ({ name: 'a', onInterrupt() { throw new Error('no'); } }), /^survives an interrupt.*no/],
    ['fails after a stop', () => ({ name: 'a', onTrainEnd: (_l: object, { stopping }: { stopping: { by?: string } | null }) => { if (stopping?.by === 'stopper') throw new Error('why'); } }), /^survives a stop.*why/],
    ['fails when a loss is not finite', () => ({ name: 'a', onNonFinite() { throw new Error('hm'); } }), /^survives a loss that is not finite: hm/],
    ['stops there and fails at the end of an epoch without steps', () => ({ name: 'a', onNonFinite: (_e: Error, c: { stop(message: string): void }) => c.stop('bad'), onEpochEnd: (_e: number, _l: object, { stopping }: { stopping: object | null }) => { if (stopping !== null) throw new Error('hm'); } }), /^survives a loss/],
    ['refuses without a code', () => ({ name: 'a', check: ({ metrics }: { metrics: { loss?: object } }) => { if (!metrics.loss) throw new Error('no loss'); } }), /^refuses a run that reports nothing/],
    ['fails with the state it saved', () => { let given = false; return { name: 'a', getState: () => 1, setState() { given = true; }, onTrainBegin() { if (given) throw new Error('again'); } }; }, /^its state.*: again/],
    ['works in training only', () => { let file: string[] | null = null; return { name: 'a', onTrainBegin() { file = []; }, onTestEnd() { file!.push(''); } }; }, /^survives evaluation/],
    ['fails at an event', () => ({ name: 'a', onEvent: (_e: string, payload: { step: number }) => void payload.step.toFixed() }), /^survives any event/],
    ['awaits in an event', () => ({ name: 'a', async onEvent() {} }), /must not be async/],
    ['half a state', () => ({ name: 'a', getState: () => 1 }), /belong together/],
    ['a state that no checkpoint can hold', () => ({ name: 'a', getState: () => ({ best: { at: new Map() } }), setState() {} }), /can hold state\.best\.at, a object/],
    ['a state with undefined in it', () => ({ name: 'a', getState: () => ({ list: [undefined] }), setState() {} }), /can hold state\.list\[0\], a undefined/],
    ['begins anew after a restart', () => { let n = 0; return { name: 'a', onTrainBegin() { n = 0; }, onEpochEnd() { n++; }, getState: () => n, setState(s: number) { n = s; } }; }, /^a run that is cut in two.*another state/],
    ['forgets its state', () => { let n = 0; return { name: 'a', onEpochEnd() { n++; }, getState: () => n, setState() {} }; }, /has another one/],
    ['fails when made twice', () => ({ name: 'a', setState() {}, getState: () => { if (shared++ > 0) throw new Error('shared'); return {}; } }), /^its state.*shared/],
  ];

  it.each(cases)('%s', async (_name, make, message, options) => {
    expect(await findsFailure(callbackChecks(make as () => Callback, options), message)).toBe(true);
  });
});
