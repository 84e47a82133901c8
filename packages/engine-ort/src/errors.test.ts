/** Errors name what is wrong. */
import {
  add,
  apply,
  asarray,
  multiply,
  take,
  trace,
  zeros,
  type Operator,
  type Tensor,
} from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { ortEngine } from './ort-engine.js';

const engine = ortEngine({ threads: 1, fallback: false });

/** An operator that ONNX Runtime has in float32 only. */
const FloatOnly: Operator = {
  name: 'Hardmax',
  infer: ([x]) => [x],
  kernel: () => {
    throw new Error('not run here');
  },
};
const floatOnly = (x: Tensor): Tensor => apply(FloatOnly, [x], {})[0];

const Nonsense: Operator = { ...FloatOnly, name: 'Nonsense' };

describe('a graph that ONNX Runtime cannot load', () => {
  it('names the node, the operator and its element type', async () => {
    const { graph } = trace((x: Tensor) => add(floatOnly(multiply(x, 2)), 1), { dtype: 'float64', shape: [2] });
    const error = await engine.compile(graph).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ORT_OPERATOR_MISSING', data: { node: 'Hardmax_0', operator: 'Hardmax' } });
    expect((error as Error).message).toContain("Hardmax of float64[2] (node 'Hardmax_0')");
    expect((error as Error).message).toContain('float32');
    expect((error as Error).message).toMatch(/At .*errors\.test\.ts:\d+:\d+/);
  });

  it('names the node inside a loop', async () => {
    const { graph } = trace((s: Tensor, x: Tensor) => floatOnly(add(s, x)), { dtype: 'float64', shape: [2] }, { dtype: 'float64', shape: [2] });
    await expect(engine.compileLoop(graph, { carried: 1, scanned: 1 })).rejects.toMatchObject({
      code: 'ORT_OPERATOR_MISSING',
      data: { node: 'Hardmax_0' },
    });
  });

  it('names an operator that ONNX does not know', async () => {
    const { graph } = trace((x: Tensor) => apply(Nonsense, [x], {})[0], { dtype: 'float32', shape: [2] });
    await expect(engine.compile(graph)).rejects.toMatchObject({ code: 'ORT_OPERATOR_MISSING', data: { operator: 'Nonsense' } });
  });
});

describe('inputs', () => {
  const { graph } = trace((args: { weight: Tensor; x: Tensor }) => multiply(args.weight, args.x), {
    weight: { dtype: 'float32', shape: [2] },
    x: { dtype: 'float32', shape: [2] },
  } as never);

  it.each([
    ['shape', [asarray([1, 2]), asarray([1, 2, 3])], '0.x'],
    ['type', [asarray([1, 2], { dtype: 'float64' }), asarray([1, 2])], '0.weight'],
  ])('of another %s are named', async (_, inputs, name) => {
    const executable = await engine.compile(graph);
    await expect(executable.run(inputs)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH', message: expect.stringContaining(`'${name}'`) });
  });

  it('of a loop are named, and no steps are refused', async () => {
    const { graph: step } = trace((s: Tensor, x: Tensor) => add(s, x), { dtype: 'float32', shape: [2] }, { dtype: 'float32', shape: [2] });
    const loop = await engine.compileLoop(step, { carried: 1, scanned: 1 });
    await expect(loop.run([zeros([3]), zeros([4, 2])])).rejects.toMatchObject({ message: expect.stringContaining("'0'") });
    await expect(loop.run([zeros([2]), zeros([0, 2])])).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
  });

  it('that an operator cannot use fail the run, naming the node', async () => {
    const { graph: pick } = trace(
      (x: Tensor, i: Tensor) => take(x, i),
      { dtype: 'float32', shape: [3] },
      { dtype: 'int32', shape: [1] },
    );
    const executable = await engine.compile(pick);
    await expect(executable.run([asarray([1, 2, 3]), asarray([9], { dtype: 'int32' })])).rejects.toMatchObject({
      code: 'ORT_RUN_FAILED',
      data: { operator: 'Gather' },
    });
  });
});

it('a disposed executable says so, and disposing twice is harmless', async () => {
  const { graph } = trace((x: Tensor) => add(x, 1), { dtype: 'float32', shape: [1] });
  const executable = await engine.compile(graph);
  await executable.dispose();
  await executable.dispose();
  await expect(executable.run([asarray([1])])).rejects.toMatchObject({ code: 'DISPOSED' });
});

it.each([0, -1, 1.5, Number.NaN])('threads: %s is refused', (threads) => {
  expect(() => ortEngine({ threads })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});

it('an unknown option is refused, with the nearest one', () => {
  expect(() => ortEngine({ thread: 2 } as never)).toThrow(/no option 'thread'.*'threads'/);
});
