/** What goes wrong with loops and branches, and what is said. */
import { describe, expect, it } from 'vitest';
import { grad } from './autodiff.js';
import { arange, asarray, scalar, type NDArray } from './ndarray.js';
import { add } from './ops/add.js';
import { cast } from './ops/cast.js';
import { customGradient } from './ops/custom-gradient.js';
import { greater } from './ops/greater.js';
import { cond } from './ops/if.js';
import { less } from './ops/less.js';
import { whileLoop } from './ops/loop.js';
import { multiply } from './ops/mul.js';
import { sum } from './ops/reduce-sum.js';
import { scan } from './ops/scan.js';
import { stopGradient } from './ops/stop-gradient.js';
import type { Tensor } from './tensor.js';

const doubled = (x: Tensor): Tensor => whileLoop((v: Tensor) => less(v, 100), (v) => multiply(v, 2), x);

describe('scan', () => {
  it('takes and gives trees', () => {
    const step = ({ a, b }: { a: Tensor; b: Tensor }, [x, y]: Tensor[]) => [{ a: add(a, x), b: multiply(b, y) }, { product: multiply(a, b), x }] as const;
    const [last, { product, x }] = scan(step, { a: scalar(0), b: scalar(1) }, [arange(1, 4), arange(2, 5)]);
    expect([last.a, last.b, product, x].map((t) => (t as NDArray).toArray())).toEqual([6, 24, [0, 2, 18], [1, 2, 3]]);
  });

  it('names the carried value that changes its form', () => {
    const step = (s: { total: Tensor }, x: Tensor) => [{ total: cast(add(s.total, x), 'float64') }, []] as const;
    expect(() => scan(step, { total: scalar(0) }, arange(0, 3))).toThrow(/scan: the carried value 'total'.*float64\[\].*float32\[\], as it came in.*INVALID_LOOP/);
  });

  it('carries records by their keys, whatever their order', () => {
    const step = ({ a, b }: { a: Tensor; b: Tensor }, x: Tensor) => [{ b: add(b, x), a }, []] as const;
    const [last] = scan(step, { a: scalar(0), b: scalar(100) }, arange(1, 4));
    expect([last.a, last.b].map((t) => (t as NDArray).item())).toEqual([0, 106]);
    expect(() => scan((s: { a: Tensor }) => [{ b: s.a }, []], { a: scalar(0) }, arange(0, 3))).toThrow(/value 'a'.*nothing.*INVALID_LOOP/);
    expect(() => scan((s: { a: Tensor }) => [{ ...s, b: s.a }, []], { a: scalar(0) }, arange(0, 3))).toThrow(/value 'b'.*Expected: nothing.*INVALID_LOOP/);
  });

  it('wants a pair', () => {
    expect(() => scan(((s: Tensor) => s) as never, scalar(0), arange(0, 3))).toThrow(/gives no pair.*object.*\[next carry, results.*control-flow.test.ts.*INVALID_LOOP/);
    expect(() => scan(((s: Tensor) => [s]) as never, scalar(0), arange(0, 3))).toThrow(/a list of 1/);
  });

  it('wants one length', () => {
    const step = (s: Tensor) => [s, []] as const;
    expect(() => scan(step, scalar(0), [arange(0, 3), arange(0, 4)])).toThrow(/how many steps.*float32\[3\], float32\[4\].*INVALID_LOOP/);
    expect(() => scan(step, scalar(0), null)).toThrow(/nothing to scan.*`length`/);
    expect(() => scan(step, scalar(0), arange(0, 3), { length: 4 })).toThrow(/length 4/);
  });
});

describe('whileLoop', () => {
  it('says that it cannot be differentiated, and what to do', () => {
    expect(() => grad(doubled)(scalar(3))).toThrow(/while loop.*scan\(\).*customGradient\(\).*stopGradient\(\).*NOT_DIFFERENTIABLE/);
    expect((grad((x: Tensor) => multiply(x, stopGradient(doubled(x))))(scalar(3)) as NDArray).item()).toBe(192);
  });

  it('carries records by their keys, whatever their order', () => {
    const last = whileLoop(({ i }: { i: Tensor; v: Tensor }) => less(i, 3), ({ i, v }) => ({ v: multiply(v, 2), i: add(i, 1) }), { i: scalar(0), v: scalar(1) });
    expect([last.i, last.v].map((t) => (t as NDArray).item())).toEqual([3, 8]);
  });

  it('wants a bool scalar', () => {
    expect(() => whileLoop((v: Tensor) => v, (v) => v, scalar(1))).toThrow(/condition.*float32\[\].*bool\[\].*INVALID_LOOP/);
    expect(() => whileLoop((v: Tensor) => greater(v, 0), (v) => v, arange(0, 2))).toThrow(/bool\[2\].*all\(…\) or any\(…\)/);
  });

  it('names the value that changes its form', () => {
    expect(() => whileLoop(([v]: Tensor[]) => less(v, 1), ([v]) => [add(arange(0, 2), v)], [scalar(0)])).toThrow(/whileLoop: the carried value '0'.*INVALID_LOOP/);
  });
});

describe('cond', () => {
  it('wants branches of one form', () => {
    const [x, two] = [scalar(1), asarray([1, 2])];
    expect(() => cond(greater(x, 0), (v: Tensor) => ({ y: v }), () => ({ y: two }) as never, x)).toThrow(
      /cond: the branches.*y: float32\[2\].*y: float32\[\], as the first.*INVALID_BRANCHES/,
    );
    expect(() => cond(x, (v: Tensor) => v, (v) => v, x)).toThrow(/no bool scalar.*float32\[\]/);
  });
});

describe('customGradient', () => {
  it('takes gradients of records by their keys, whatever their order', () => {
    const f = customGradient((p: { a: Tensor; b: Tensor }) => [add(p.a, p.b), (g: Tensor) => [{ b: multiply(g, 5), a: multiply(g, 7) }]]);
    const { a, b } = grad((p: { a: Tensor; b: Tensor }) => f(p))({ a: scalar(1), b: scalar(2) });
    expect([a, b].map((t) => (t as NDArray).item())).toEqual([7, 5]);
  });

  it('names the argument whose gradient has another form', () => {
    const bad = customGradient((x: Tensor) => [sum(x), (g: Tensor) => [g]]);
    expect(() => bad(arange(0, 3))).toThrow(/argument 0 has another form.*float32\[\].*float32\[3\].*GRADIENT_MISMATCH/);
  });
});
