/** Orders of updates against loops in plain JavaScript, and early exit. */
import { asarray, bernoulli, matmul, normal, prepare, randomKey, split, trace, transpose, type NDArray, type Tensor } from '@gradus/graph';
import { ortEngine } from '@gradus/engine-ort';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numbers } from '../../test/golden.js';
import { asynchronous, Dynamics, fullyConnected, layerMap, localNetwork, outputLayer, parallel, recurrentDiscrete, sequential, sgn, type Orchestrator, type State } from '../index.js';

const SIZES = [4, 6, 5, 3];
const draw = (seed: number, shape: number[]): NDArray => normal(randomKey(seed), shape, { dtype: 'float64' }) as NDArray;

/** Two hidden layers with feedback between them and from the output; all weights by `receiver.sender`. */
function network(seed: number, options: { orchestrator?: Orchestrator; earlyExit?: boolean } = {}) {
  const dense = (to: number, from: number) => fullyConnected({ in: SIZES[from], out: SIZES[to] });
  const layer = (i: number) => recurrentDiscrete({ units: SIZES[i], selfCoupling: 0.5 });
  const map = layerMap({
    1: { 0: dense(1, 0), 1: layer(1), 2: dense(1, 2), 3: dense(1, 3) },
    2: { 1: dense(2, 1), 2: layer(2), 3: dense(2, 3) },
    3: { 2: dense(3, 2), 3: outputLayer({ units: SIZES[3] }) },
  });
  const model = localNetwork({ layers: map, dtype: 'float64', ...options });
  const params = model.init(randomKey(seed));
  return { map, model, params, dynamics: model.dynamics(params) };
}

/** x `[B, n]` times the edge's weights, with the self-coupling on the diagonal. */
function plainMessage(params: Readonly<Record<string, NDArray>>, to: number, from: number, s: number[][]): number[][] {
  const weight = params[`${to}.${from}.weight`];
  if (weight === undefined) return s.map(() => new Array<number>(SIZES[to]).fill(0));
  const at = (i: number, j: number): number => (to === from && i === j ? 0.5 : Number(weight.data[i * SIZES[from] + j]));
  return s.map((row) => Array.from({ length: SIZES[to] }, (_, i) => row.reduce((sum, v, j) => sum + at(i, j) * v, 0)));
}

type Plain = number[][][];
const rowsOf = (x: NDArray): number[][] => x.toArray() as number[][];
const propose = (params: Readonly<Record<string, NDArray>>, senders: readonly number[], row: number, s: Plain): number[][] => {
  const messages = senders.filter((from) => params[`${row}.${from}.weight`] !== undefined).map((from) => plainMessage(params, row, from, s[from]));
  return messages[0].map((_, b) => Array.from({ length: SIZES[row] }, (_, i) => (messages.reduce((sum, m) => sum + m[b][i], 0) >= 0 ? 1 : -1)));
};
const SENDERS = { all: [0, 1, 2, 3], forward: null, inference: [0, 1, 2] };

describe('orders of updates', () => {
  it.each(['all', 'forward', 'inference'] as const)('sequential and parallel with filter %s', (filter) => {
    for (const orchestrator of [sequential(), parallel()]) {
      const { params, dynamics } = network(3, { orchestrator });
      const [x, y] = [draw(1, [7, 4]), sgn(draw(2, [7, 3])) as NDArray];
      let state: State = dynamics.initialState(x, y);
      let plain: Plain = [rowsOf(x), ...[6, 5].map((n) => Array.from({ length: 7 }, () => new Array<number>(n).fill(0))), rowsOf(y)];
      for (let step = 0; step < 4; step++) {
        const old = plain;
        for (const row of [1, 2]) {
          const from = filter === 'forward' ? [0, 1, 2, 3].filter((j) => j <= row) : SENDERS[filter];
          const next = propose(params, from, row, orchestrator.name === 'parallel' ? old : plain);
          plain = plain.map((s, i) => (i === row ? next : s));
        }
        state = dynamics.step(state, { filter });
        expect([1, 2, 3].map((row) => (state[row] as NDArray).toArray())).toEqual(plain.slice(1));
      }
    }
  });

  it('updates the output layer when asked, from its senders', () => {
    const { dynamics } = network(3);
    const state = dynamics.step(dynamics.initialState(draw(1, [7, 4]), draw(2, [7, 3])), { skipOutput: false });
    expect(numbers(state[3])).toEqual(numbers(dynamics.readout(state)));
  });

  it('asynchronous: the units that are drawn take what parallel gives, the others keep theirs', () => {
    const [x, y] = [draw(1, [7, 4]), sgn(draw(2, [7, 3])) as NDArray];
    const some = network(3, { orchestrator: asynchronous({ probability: 0.3 }) }).dynamics;
    const all = network(3, { orchestrator: parallel() }).dynamics;
    const begin = all.step(all.initialState(x, y));
    const [next, full] = [some.step(begin, { key: randomKey(5) }), all.step(begin)];
    split(randomKey(5), 2).forEach((key, i) => {
      const drawn = numbers(bernoulli(key, 0.3, [7, SIZES[1 + i]]));
      const [to, from, now] = [full, begin, next].map((state) => numbers(state[1 + i]));
      expect(now).toEqual(drawn.map((yes, k) => (yes ? to[k] : from[k])));
      expect(drawn.some(Boolean) && !drawn.every(Boolean)).toBe(true);
    });
  });

  it('asynchronous with probability 1 is parallel', () => {
    const [x, y] = [draw(1, [7, 4]), draw(2, [7, 3])];
    const [a, b] = [asynchronous({ probability: 1 }), parallel()].map((orchestrator) => {
      const { dynamics } = network(4, { orchestrator });
      return dynamics.settle(dynamics.initialState(x, y), { steps: 5 }).state;
    });
    for (const row of [1, 2]) expect(numbers(a[row])).toEqual(numbers(b[row]));
    expect(() => asynchronous({ probability: 0 })).toThrow(/'probability' of asynchronous.*above 0 and at most 1/);
  });
});

describe('settling', () => {
  it('gives the same bits as all steps, stops at a fixed point, and counts (property)', () => {
    const orders = { sequential: sequential(), parallel: parallel(), asynchronous: asynchronous({ probability: 0.6 }) };
    fc.assert(
      fc.property(fc.nat(1e6), fc.constantFrom(...Object.values(orders)), fc.integer({ min: 0, max: 12 }), (seed, orchestrator, steps) => {
        const [x, y] = [draw(seed + 1, [3, 4]), sgn(draw(seed + 2, [3, 3])) as NDArray];
        const key = randomKey(seed);
        const [early, whole] = [true, false].map((earlyExit) => {
          const { dynamics } = network(seed, { orchestrator, earlyExit });
          return { dynamics, ...dynamics.settle(dynamics.initialState(x, y), { steps, key }) };
        });
        for (const row of [0, 1, 2, 3]) expect(numbers(early.state[row])).toEqual(numbers(whole.state[row]));
        const count = (early.steps as NDArray).item();
        expect((whole.steps as NDArray).item()).toBe(steps);
        expect(count).toBeLessThanOrEqual(steps);
        if (count < steps) {
          const again = early.dynamics.step(early.state, { key });
          for (const row of [1, 2]) expect(numbers(again[row])).toEqual(numbers(early.state[row]));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('is one Loop of ONNX, whose body has none of what stays the same', async () => {
    const { map, params } = network(8);
    const [x, y] = [draw(1, [7, 4]), sgn(draw(2, [7, 3])) as NDArray];
    const fn = (p: Record<string, Tensor>, a: Tensor, b: Tensor): Tensor[] => {
      const dynamics = new Dynamics(map, p, { dtype: 'float64' });
      const { state, steps } = dynamics.settle(dynamics.initialState(a, b), { steps: 20 });
      return [state[1], state[2], steps];
    };
    const { graph } = trace(fn as never, params as never, x as never, y as never);
    const loops = graph.nodes.filter(({ operator }) => operator.name === 'Loop');
    expect(loops).toHaveLength(1);
    const products = (nodes: typeof graph.nodes): number => nodes.filter(({ operator }) => operator.name === 'MatMul').length;
    // Inside: 1 <- 1, 1 <- 2, 2 <- 1, 2 <- 2. Outside: 1 <- 0, 1 <- 3, 2 <- 3, and of the first sweep, where units at 0 say nothing, 2 <- 1.
    expect(products((loops[0].attributes as unknown as { body: typeof graph }).body.nodes)).toBe(4);
    expect(products(graph.nodes)).toBe(4);

    const inputs = [...Object.values(params), x, y];
    const executable = await ortEngine({ threads: 1 }).compile(graph);
    const [oracle, ort] = [prepare(graph)(inputs), await executable.run(inputs)];
    await executable.dispose();
    expect(ort.map((a) => a.toArray())).toEqual(oracle.map((a) => a.toArray()));
  });

  it('does not compute again what a phase that has settled said last', () => {
    const { model, params } = network(8);
    const [x, y] = [draw(1, [7, 4]), sgn(draw(2, [7, 3])) as NDArray];
    const fn = (p: Record<string, Tensor>, a: Tensor, b: Tensor): Tensor[] => {
      const dynamics = model.dynamics(p);
      const clamped = dynamics.settle(dynamics.initialState(a, b), { steps: 20 });
      const free = dynamics.settle(clamped.state, { steps: 20, filter: 'inference' });
      return [dynamics.fields(free.state)[1], dynamics.fields(free.state)[2], dynamics.readout(free.state)];
    };
    const { graph } = trace(fn as never, params as never, x as never, y as never);
    const count = (name: string): number => graph.nodes.filter(({ operator }) => operator.name === name).length;
    // As above, and then only: in the first free sweep 2 <- 1, whose sender has changed, and at the end the readout 3 <- 2.
    expect([count('Loop'), count('If'), count('MatMul')]).toEqual([2, 2, 6]);
    const { dynamics } = network(8, { earlyExit: false });
    const whole = dynamics.settle(dynamics.settle(dynamics.initialState(x, y), { steps: 20 }).state, { steps: 20, filter: 'inference' }).state;
    const expected = [dynamics.fields(whole)[1], dynamics.fields(whole)[2], dynamics.readout(whole)];
    expect(prepare(graph)([...Object.values(params), x, y]).map(numbers)).toEqual(expected.map(numbers));
  });

  it('stays at the state it is given when there are no steps', () => {
    const { dynamics } = network(1);
    const state = dynamics.initialState(draw(1, [2, 4]));
    expect(dynamics.settle(state, { steps: 0 }).state).toBe(state);
  });
});

describe('initialState', () => {
  const { dynamics } = network(1);
  it.each([
    [() => dynamics.initialState(draw(1, [2, 5])), 'SHAPE_MISMATCH', /The input.*float64\[2, 5\].*float64\[2, 4\]/],
    [() => dynamics.initialState(draw(1, [2, 4]), draw(1, [3, 3])), 'SHAPE_MISMATCH', /target of layer 3.*float64\[3, 3\].*float64\[2, 3\]/],
    [() => dynamics.initialState(asarray([[1, 2, 3, 4]])), 'DTYPE_MISMATCH', /float32\[1, 4\].*float64\[1, 4\].*localNetwork\(\{ dtype: 'float32' \}\)/],
  ] as const)('refuses %s', (act, code, message) => {
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('starts hidden units at 0', () => {
    const state = dynamics.initialState(draw(1, [2, 4]));
    expect([1, 2, 3].map((row) => numbers(state[row]).every((v) => v === 0))).toEqual([true, true, true]);
    expect(numbers(matmul(state[1], transpose(state[1])))).toEqual([0, 0, 0, 0]);
  });
});
