import { add, asarray, GradusError, jsEngine, NDArray, zeros, type Engine, type Executable } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { engineChecks } from './index.js';
import { failures, findsFailure } from '../test/failures.js';

describe('the interpreter passes', () => {
  for (const { name, run } of engineChecks(() => jsEngine)) it(name, run);
});

/** The interpreter with its runs changed. */
const altered = (change: (executable: Executable, loop: boolean) => Partial<Executable>): Engine => {
  const wrap = (executable: Executable, loop: boolean): Executable => ({ ...executable, ...change(executable, loop) });
  return {
    name: 'altered',
    compile: async (graph) => wrap(await jsEngine.compile(graph), false),
    compileLoop: async (step, layout) => wrap(await jsEngine.compileLoop(step, layout), true),
  };
};
const onOutputs = (change: (outputs: NDArray[], inputs: readonly NDArray[]) => NDArray[] | void): Engine =>
  altered(({ run }) => ({ run: async (inputs) => { const outputs = await run(inputs); return change(outputs, inputs) ?? outputs; } }));

describe('broken engines are caught', () => {
  const onFloats = (array: NDArray, change: (x: number) => number): NDArray =>
    array.dtype.startsWith('float') ? new NDArray(array.dtype, array.shape, (array.data as Float32Array).map(change)) : array;

  const cases: [string, Engine, RegExp][] = [
    ['no name', { ...jsEngine, name: '' }, /^has a name: .*needs a name/],
    ['wrong by 1e-5', onOutputs((outputs) => outputs.map((o) => onFloats(o, (x) => x + 1e-5))), /^operator .*element 0 is .* expected .* within/],
    ['float64 through float32', onOutputs((outputs) => outputs.map((o) => (o.dtype === 'float64' ? onFloats(o, Math.fround) : o))), /^operator exp.*float64|f64.*within 1e-12/],
    ['NaN becomes 0', onOutputs((outputs) => outputs.map((o) => onFloats(o, (x) => (Number.isNaN(x) ? 0 : x)))), /^operator .*expected NaN/],
    ['integers as floats', onOutputs((outputs) => outputs.map((o) => (o.dtype === 'int64' ? asarray(o, { dtype: 'float32' }) : o))), /received float32.*expected int64/],
    ['outputs in another order', onOutputs((outputs) => outputs.reverse()), /operator top-k/],
    ['an output too many', onOutputs((outputs) => [...outputs, outputs[0]]), /gave 2 outputs, expected 1/],
    ['writes to an input', onOutputs((_outputs, inputs) => { inputs[0]?.data.fill(0 as never); }), /An input was changed at '0'/],
    ['gives an input back', onOutputs((outputs, inputs) => outputs.map((o) => inputs.find((i) => i.size === o.size && i.dtype === o.dtype && i.data.every((v, j) => v === o.data[j])) ?? o)), /shares its memory with an input/],
    ['not deterministic', (() => { let n = 0; return onOutputs((outputs) => outputs.map((o) => onFloats(o, (x) => x * (1 + 1e-7 * (n++ % 3))))); })(), /^the same inputs give the same bits twice: The second run/],
    ['one buffer for all runs', (() => { const kept: NDArray[] = []; return onOutputs((outputs) => outputs.map((o, i) => { const k = kept[i]; if (k?.dtype !== o.dtype || k.size !== o.size) return (kept[i] = o); k.data.set(o.data as never); return new NDArray(o.dtype, o.shape, k.data); })); })(), /later runs leave earlier outputs alone/],
    ['accepts any shape', altered(({ run }) => ({ run: async (inputs) => run(inputs).catch(() => [asarray(0)]) })), /inputs that do not fit.*was accepted/],
    ['refuses without a name', altered(({ run }) => ({ run: async (inputs) => run(inputs).catch(() => { throw new GradusError('SHAPE_MISMATCH', { what: 'No' }); }) })), /must say/],
    ['refuses without a code', altered(({ run }) => ({ run: async (inputs) => run(inputs).catch(() => { throw new Error('no'); }) })), /with the code SHAPE_MISMATCH/],
    ['runs after dispose', altered(() => ({ dispose: async () => {} })), /^running after dispose.*ran again/],
    ['fails at the second dispose', altered(() => { let n = 0; return { dispose: async () => { if (n++ > 0) throw new Error('twice'); } }; }), /^running after dispose/],
    ['a loop off by one bit', altered(({ run }, loop) => ({ run: async (inputs) => (await run(inputs)).map((o) => (loop ? onFloats(o, (x) => x * (1 + 2e-7)) : o)) })), /^a loop of K steps.*carried output/],
    ['a loop for one K only', altered(({ run }, loop) => { let k = 0; return { run: async (inputs) => { if (!loop || inputs.length < 6) return run(inputs); k ||= inputs[3].shape[0]; return run(inputs.map((x, i) => (i === 3 || i === 4 ? new NDArray(x.dtype, [k, ...x.shape.slice(1)], x.data.slice(0, (x.size / x.shape[0]) * k)) : x))); } }; }), /^a loop of K steps/],
    ['a loop that loses an output', altered(({ run }, loop) => ({ run: async (inputs) => (await run(inputs)).slice(0, loop ? -1 : undefined) })), /gave \d outputs/],
    ['loops anything', { ...jsEngine, compileLoop: async (step, layout) => (layout.scanned > 0 ? jsEngine.compileLoop(step, layout) : { run: async () => [], dispose: async () => {} }) }, /without scanned inputs was accepted/],
    ['no runs side by side', altered(({ run }) => { let busy = 0; return { run: async (inputs) => { const others = busy++; await Promise.resolve(); const outputs = await run(inputs); busy--; return others > 0 ? outputs.map((o) => onFloats(o, () => 0)) : outputs; } }; }), /^runs at the same time/],
    ['its own random numbers', onOutputs((outputs) => outputs.map((o) => (o.dtype === 'uint32' && o.size === 7 ? add(o, o) as NDArray : o))), /^random numbers.*Random bits/],
  ];

  it.each(cases)('%s', async (_name, engine, message) => {
    expect(await findsFailure(engineChecks(() => engine), message)).toBe(true);
  });
});

describe('declared exceptions', () => {
  const wrong = onOutputs((outputs) => outputs.map((o) => (o.dtype === 'uint32' ? zeros(o.shape, 'uint32') : o)));

  it('turn a failing check into a passing one, and say so', async () => {
    const name = 'random numbers are the same bits everywhere';
    const random = (exceptions = {}) => engineChecks(() => wrong, { exceptions }).filter((check) => check.name.startsWith(name));
    expect(await failures(random())).toHaveLength(1);
    expect(random({ [name]: 'no uint32 yet' }).map((check) => check.name)).toEqual([`${name} (declared exception: no uint32 yet)`]);
    expect(await failures(random({ [name]: 'no uint32 yet' }))).toEqual([]);
  });

  it('must be true', async () => {
    const found = await failures(engineChecks(() => jsEngine, { exceptions: { 'has a name': 'none', 'has a nam': 'typo' } }));
    expect(found).toEqual([
      expect.stringMatching(/'has a name' is declared as an exception \(none\) but passes/),
      expect.stringMatching(/no check named 'has a nam'/),
    ]);
  });
});
