/** What every engine must do when it loops a step: the bits of single steps, for any number of them. */
import assert from 'node:assert/strict';
import {
  add,
  arange,
  asarray,
  cast,
  matmul,
  mean,
  multiply,
  randomKey,
  reshape,
  row,
  split,
  stack,
  subtract,
  trace,
  uniform,
  valueAndGrad,
  zeros,
  type Engine,
  type Executable,
  type Graph,
  type LoopLayout,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import { failureOf, type Check } from './check.js';
import { assertSameBits, watch } from './compare.js';
import { assertRefused, using } from './engine-helpers.js';

export const loopChecks = (make: () => Engine): Check[] => [
  { name: 'a loop of K steps is K single steps, bit for bit, for any K', run: () => compareLoop(make(), momentum(), [1, 3, 8, 2]) },
  { name: 'a loop may carry values unchanged, swap them, or carry none', run: () => checkOddLoops(make()) },
  { name: 'a loop refuses inputs that do not fit and no steps', run: () => checkLoopRefusal(make()) },
  { name: 'a step that cannot be looped is refused', run: () => checkInvalidLoop(make()) },
  { name: 'running a loop after dispose is an error', run: () => checkLoopDispose(make()) },
];

/** A step to loop, with inputs for any number of steps. */
interface Loop {
  readonly graph: Graph;
  readonly layout: LoopLayout;
  inputs(steps: number): NDArray[];
}

/** A training step: carried parameters, momentum and a random key; scanned batches and rates; a constant; stacked losses. */
const momentum = (): Loop => {
  const layout: LoopLayout = { carried: 3, scanned: 2 };
  const step = (w: Tensor, v: Tensor, key: Tensor, x: Tensor, rate: Tensor, friction: Tensor): Tensor[] => {
    const [next, use] = split(key, 2);
    const noise = multiply(uniform(use, [3]), 0.01);
    const loss = (p: Tensor): Tensor => {
      const error = subtract(matmul(x, reshape(p, [3, 1])), 1);
      return mean(multiply(error, error));
    };
    const [value, gradient] = valueAndGrad(loss)(w);
    const velocity = add(multiply(v, friction), add(gradient, noise));
    return [subtract(w, multiply(velocity, rate)), velocity, next, value, noise, cast(rate, 'float64')];
  };
  const carried = [asarray([0.5, -0.25, 1]), zeros([3]), randomKey(7)];
  const friction = asarray(0.9);
  const { graph } = trace(step, carried[0], carried[1], carried[2], zeros([4, 3]), zeros([]), friction);
  const inputs = (k: number): NDArray[] => [
    ...carried,
    stack(Array.from({ length: k }, (_, i) => uniform(randomKey(100 + i), [4, 3]))) as NDArray,
    asarray(Array.from({ length: k }, (_, i) => 0.1 / (i + 1))),
    friction,
  ];
  return { graph, layout, inputs };
};

/** The smallest loop. */
const decay = (): Loop => {
  const { graph } = trace((w: Tensor, rate: Tensor) => [multiply(w, rate)], zeros([2]), zeros([]));
  return {
    graph,
    layout: { carried: 1, scanned: 1 },
    inputs: (k: number) => [asarray([1, 2]), asarray(Array.from({ length: k }, () => 0.5))],
  };
};

/** The loop done by single runs of the step. */
async function singles(
  executable: Executable,
  step: Graph,
  { carried, scanned }: LoopLayout,
  inputs: readonly NDArray[],
  k: number,
): Promise<NDArray[]> {
  let state = inputs.slice(0, carried);
  const rows: NDArray[][] = [];
  for (let i = 0; i < k; i++) {
    const slices = inputs.slice(carried, carried + scanned).map((array) => row(array, i));
    const outputs = await executable.run([...state, ...slices, ...inputs.slice(carried + scanned)]);
    state = outputs.slice(0, carried);
    rows.push(outputs.slice(carried));
  }
  return [...state, ...step.outputs.slice(carried).map((_, j) => stack(rows.map((outputs) => outputs[j])) as NDArray)];
}

async function compareLoop(engine: Engine, { graph: step, layout, inputs }: Loop, counts: readonly number[]): Promise<void> {
  await using(engine.compile(step), (single) =>
    using(engine.compileLoop(step, layout), async (loop) => {
      for (const k of counts) {
        const given = inputs(k);
        const unchanged = watch(given, `With ${k} steps, an input`);
        const actual = await loop.run(given);
        unchanged();
        const expected = await singles(single, step, layout, given, k);
        assert.equal(actual.length, expected.length, `With ${k} steps it gave ${actual.length} outputs, expected ${expected.length}.`);
        expected.forEach((array, i) =>
          assertSameBits(actual[i], array, `With ${k} steps, ${i < layout.carried ? 'carried' : 'stacked'} output ${i}`),
        );
      }
    }),
  );
}

async function checkOddLoops(engine: Engine): Promise<void> {
  const [a, b, xs] = [asarray([1, 2]), asarray([3, 4]), (k: number): NDArray => arange(0, k)];
  const kept = trace((x: Tensor, y: Tensor, s: Tensor) => [x, multiply(y, s), s], a, b, zeros([]));
  await compareLoop(engine, { graph: kept.graph, layout: { carried: 2, scanned: 1 }, inputs: (k) => [a, b, xs(k)] }, [1, 4]);
  const swapped = trace((x: Tensor, y: Tensor, s: Tensor) => [y, x, add(x, s)], a, b, zeros([]));
  await compareLoop(engine, { graph: swapped.graph, layout: { carried: 2, scanned: 1 }, inputs: (k) => [a, b, xs(k)] }, [1, 2, 3]);
  const none = trace((s: Tensor, c: Tensor) => [add(s, c), b], zeros([]), a);
  await compareLoop(engine, { graph: none.graph, layout: { carried: 0, scanned: 1 }, inputs: (k) => [xs(k), a] }, [1, 5]);
  await compareLoop(engine, decay(), [6]);
}

async function checkLoopRefusal(engine: Engine): Promise<void> {
  const { graph, layout, inputs } = momentum();
  await using(engine.compileLoop(graph, layout), async (loop) => {
    const change = (index: number, array: NDArray): NDArray[] => inputs(3).map((old, i) => (i === index ? array : old));
    await assertRefused(() => loop.run(change(0, zeros([4]))), 'SHAPE_MISMATCH', ["'0'"], 'A carried input of another shape');
    await assertRefused(() => loop.run(change(4, zeros([2]))), 'SHAPE_MISMATCH', ["'4'"], 'A scanned input with another number of steps');
    await assertRefused(
      () => loop.run(change(3, zeros([3, 4, 3], 'float64'))),
      'SHAPE_MISMATCH',
      ["'3'"],
      'A scanned input of another type',
    );
    await assertRefused(() => loop.run(change(5, zeros([3]))), 'SHAPE_MISMATCH', ["'5'"], 'A constant of another shape');
    await assertRefused(() => loop.run(inputs(3).slice(0, 5)), 'SHAPE_MISMATCH', ["'5'"], 'A missing input');
    await assertRefused(
      () => loop.run([...inputs(1).slice(0, 3), zeros([0, 4, 3]), zeros([0]), asarray(0.9)]),
      'SHAPE_MISMATCH',
      [],
      'A loop of no steps',
    );
  });
}

async function checkInvalidLoop(engine: Engine): Promise<void> {
  const wider = trace((w: Tensor, s: Tensor) => [multiply(stack([w, w]), s)], zeros([2]), zeros([]));
  await assertRefused(
    () => engine.compileLoop(wider.graph, { carried: 1, scanned: 1 }),
    'INVALID_LOOP',
    ["'0'"],
    'A carried value that changes its shape',
  );
  await assertRefused(
    () => engine.compileLoop(decay().graph, { carried: 1, scanned: 0 }),
    'INVALID_LOOP',
    [],
    'A loop without scanned inputs',
  );
}

async function checkLoopDispose(engine: Engine): Promise<void> {
  const { graph, layout, inputs } = decay();
  const loop = await engine.compileLoop(graph, layout);
  await loop.dispose();
  await failureOf(() => loop.run(inputs(2)), 'A disposed loop ran again.');
}
