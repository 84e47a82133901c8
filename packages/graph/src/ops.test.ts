/** Every operator against its cases: values eager and compiled, first and second derivatives against central differences. */
import { describe, expect, it } from 'vitest';
import { valueAndGrad } from './autodiff.js';
import { operatorCases, type OperatorCase } from './cases.js';
import { isFloat } from './dtype.js';
import { trace, type Graph } from './graph.js';
import { prepare } from './interpreter.js';
import { asarray, NDArray } from './ndarray.js';
import type { Operator } from './operator.js';
import { add } from './ops/add.js';
import { Loop } from './ops/loop.js';
import { operators } from './ops/index.js';
import { multiply } from './ops/mul.js';
import { sum } from './ops/reduce-sum.js';
import { stack } from './functions/axes.js';
import type { Tensor } from './tensor.js';
import { jvp } from './vjp.js';
import { vmap } from './vmap.js';

type Outputs = Tensor | readonly Tensor[];

const list = (outputs: Outputs): readonly Tensor[] => (Array.isArray(outputs) ? (outputs as readonly Tensor[]) : [outputs as Tensor]);

const graphOf = ({ fn, inputs }: OperatorCase): Graph => trace((args: readonly Tensor[]) => [...list(fn(...args))], [...inputs]).graph;

function expectEqual(actual: Tensor, expected: NDArray, tolerance?: number): void {
  expect(actual).toBeInstanceOf(NDArray);
  const { dtype, shape, data } = actual as NDArray;
  expect(dtype).toBe(expected.dtype);
  expect(shape).toEqual(expected.shape);
  if (!isFloat(dtype)) {
    expect([...data]).toEqual([...expected.data]);
    return;
  }
  const limit = tolerance ?? (dtype === 'float32' ? 1e-6 : 1e-12);
  expected.data.forEach((want, i) => {
    const [a, b] = [data[i] as number, want as number];
    const close = Object.is(a, b) || a === b || Math.abs(a - b) <= limit * Math.max(1, Math.abs(b));
    expect(close, `element ${i}: ${a}, expected ${b}`).toBe(true);
  });
}

/** Fixed weights without pattern, so that no error cancels: the fractional parts of multiples of the golden ratio, less 0.4. */
const weights = (shape: readonly number[], start: number): NDArray => {
  const size = shape.reduce((product, n) => product * n, 1);
  return asarray(Float64Array.from({ length: size }, (_, i) => (((i + start) * 0.6180339887498949) % 1) - 0.4), { shape });
};

/** The float64 outputs as one number. */
function project(outputs: Outputs, start: number): Tensor {
  const terms = list(outputs).filter(({ dtype }) => dtype === 'float64');
  return terms.map((y, i) => sum(multiply(y, weights(y.shape, start + 100 * i)))).reduce((a, b) => add(a, b));
}

/** Derivatives of `f` by each element, by central differences with one step of extrapolation (error of order h^4). */
function centralDifferences(f: (x: NDArray) => number, x: NDArray): number[] {
  const at = (i: number, delta: number): number => {
    const data = Float64Array.from(x.data as Float64Array);
    data[i] += delta;
    return f(new NDArray('float64', x.shape, data));
  };
  return Array.from({ length: x.size }, (_, i) => {
    const slope = (h: number): number => (at(i, h) - at(i, -h)) / (2 * h);
    const h = 1e-3 * Math.max(1, Math.abs(Number(x.data[i])));
    return Number.isFinite(h) ? (4 * slope(h / 2) - slope(h)) / 3 : 0;
  });
}

function expectClose(actual: Tensor, expected: readonly number[], tolerance: number): void {
  const scale = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((want, i) => {
    const got = Number((actual as NDArray).data[i]);
    expect(Math.abs(got - want) <= tolerance * scale, `derivative ${i}: ${got}, central difference ${want}`).toBe(true);
  });
}

const operatorsIn = (example: OperatorCase): Set<Operator> => new Set(graphOf(example).nodes.map(({ operator }) => operator));

/** The inputs of a case to differentiate by: float64 ones, where a float64 output depends on them through differentiable operators. */
function differentiable(example: OperatorCase): number[] {
  const graph = graphOf(example);
  if (!graph.outputs.some(({ dtype }) => dtype === 'float64')) return [];
  if (!graph.nodes.some(({ operator }) => operator.gradient !== undefined)) return [];
  const floats = example.inputs.flatMap(({ dtype }, i) => (dtype === 'float64' ? [i] : []));
  return floats.filter((i) => example.differentiable?.includes(i) ?? true);
}

/** Two arrays as the examples of a batch. */
const pair = (a: NDArray, b: NDArray): NDArray => stack([a, b]) as NDArray;

const withInput = ({ inputs }: OperatorCase, i: number, x: Tensor): Tensor[] => inputs.map((input, j) => (j === i ? x : input));

for (const [file, cases] of Object.entries(operatorCases)) {
  describe(file, () => {
    it('has examples, each with a name of its own', () => {
      expect(cases.length).toBeGreaterThan(0);
      expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    });

    for (const example of cases) {
      it(`${example.name}: values`, () => {
        const expected = list(example.expected as Outputs) as readonly NDArray[];
        const before = example.inputs.map(({ data }) => [...data]);
        const eager = list(example.fn(...example.inputs));
        const compiled = prepare(graphOf(example))(example.inputs);
        expect(eager).toHaveLength(expected.length);
        expect(compiled).toHaveLength(expected.length);
        expected.forEach((array, i) => {
          expectEqual(eager[i], array, example.tolerance);
          expect((eager[i] as NDArray).data).toEqual(compiled[i].data);
        });
        expect(example.inputs.map(({ data }) => [...data])).toEqual(before);
      });

      if (example.inputs.length > 0) {
        it(`${example.name}: batched`, () => {
          // Two examples in each input by turns, and in all: the second is the first with its elements reversed.
          const { inputs, fn } = example;
          const other = inputs.map((x) => (x.shape.length === 0 ? x : new NDArray(x.dtype, x.shape, x.data.slice().reverse())));
          const subsets = [inputs.map(() => true), ...(inputs.length > 1 ? inputs.map((_, i) => inputs.map((_, j) => i === j)) : [])];
          for (const batched of subsets) {
            const each = [inputs, other].map((set) => list(fn(...set.map((x, i) => (batched[i] ? x : inputs[i])))) as readonly NDArray[]);
            const both = inputs.map((x, i) => (batched[i] ? pair(x, other[i]) : x));
            const inAxes = batched.map((is) => (is ? 0 : null));
            const results = vmap((...args: Tensor[]) => [...list(fn(...args))], { inAxes })(...both);
            results.forEach((result, o) => expectEqual(result, pair(each[0][o], each[1][o]), example.tolerance));
          }
        });
      }

      for (const i of differentiable(example)) {
        it(`${example.name}: derivatives by input ${i}`, () => {
          const f = (x: Tensor): Tensor => project(example.fn(...withInput(example, i, x)), 1);
          const x = example.inputs[i];
          const [value, gradient] = valueAndGrad(f)(x);
          expect((value as NDArray).item()).toBe((f(x) as NDArray).item());
          expect(gradient).toMatchObject({ dtype: 'float64', shape: x.shape });
          expectClose(gradient, centralDifferences((at) => (f(at) as NDArray).item(), x), 1e-8);

          const direction = weights(x.shape, 3);
          const [, along] = jvp(f, [x], [direction]);
          const expected = [...(gradient as NDArray).data].reduce<number>((total, g, k) => total + Number(g) * Number(direction.data[k]), 0);
          expectClose(along, [expected], 1e-12 * Math.max(1, ...[...(gradient as NDArray).data].map((g) => Math.abs(Number(g)))));

          const slope = (at: Tensor): Tensor => project(valueAndGrad(f)(at)[1], 7);
          const second = valueAndGrad(slope)(x)[1];
          expectClose(second, centralDifferences((at) => (slope(at) as NDArray).item(), x), 1e-7);
        });
      }
    }
  });
}

describe('all operators', () => {
  const examples = Object.values(operatorCases).flat();

  it('are exercised by a case', () => {
    const used = new Set(examples.flatMap((example) => [...operatorsIn(example)]));
    const unused = Object.entries(operators).filter(([, operator]) => !used.has(operator));
    expect(unused.map(([name]) => name)).toEqual([]);
  });

  it('with a gradient have it checked in float64', () => {
    const differentiated = examples.filter((example) => differentiable(example).length > 0);
    const checked = new Set(differentiated.flatMap((example) => [...operatorsIn(example)]));
    // A while loop has a rule that refuses, so that no gradient is lost in silence.
    const refuses = new Set<Operator>([Loop as unknown as Operator]);
    const unchecked = Object.entries(operators).filter(
      ([, operator]) => operator.gradient !== undefined && !checked.has(operator) && !refuses.has(operator),
    );
    expect(unchecked.map(([name]) => name)).toEqual([]);
  });

  it('have float32 gradients of float32, equal to the float64 ones', () => {
    const pairs = Object.values(operatorCases).flatMap((cases) =>
      cases.flatMap((single) => {
        const twin = cases.find(({ name }) => name === single.name.replace(/, f32$/, ', f64'));
        return twin === undefined || twin === single ? [] : [[single, twin] as const];
      }),
    );
    expect(pairs.length).toBeGreaterThan(50);
    for (const [single, twin] of pairs) {
      for (const i of differentiable(twin)) {
        const derivative = (example: OperatorCase): NDArray => {
          const f = (x: Tensor): Tensor => {
            const [y] = list(example.fn(...withInput(example, i, x)));
            return sum(multiply(y, asarray(weights(y.shape, 1), { dtype: y.dtype })));
          };
          return valueAndGrad(f)(example.inputs[i])[1] as NDArray;
        };
        const gradient = derivative(single);
        expect(gradient.dtype).toBe('float32');
        expectClose(gradient, [...(derivative(twin).data as Float64Array)], 1e-5);
      }
    }
  });
});
