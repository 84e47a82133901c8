/** Random functions of two tensors [2, 4, 6], with options of their own: windows, padding, indices, loops, and functions of functions. */
import {
  add,
  asarray,
  atan2,
  averagePool,
  batchNormTraining,
  checkpoint,
  concat,
  cond,
  conv,
  convTranspose,
  cumulativeMax,
  cumulativeProd,
  cumulativeSum,
  diag,
  diagonal,
  einsum,
  flip,
  fold,
  gatherND,
  gelu,
  grad,
  greater,
  groupNorm,
  jvp,
  layerNorm,
  logsumexp,
  lpPool,
  matmul,
  matrixTranspose,
  max,
  maxPool,
  multiply,
  pad,
  prod,
  repeat,
  reshape,
  resize,
  reverseSequence,
  roll,
  scan,
  scatterElements,
  scatterND,
  silu,
  sin,
  slice,
  softmax,
  sort,
  splitAxis,
  square,
  stack,
  sum,
  take,
  takeAlongAxis,
  tanh,
  tile,
  topK,
  transpose,
  tril,
  unfold,
  variance,
  vectorNorm,
  vmap,
  where,
  type NDArray,
  type Tensor,
} from '@gradus/graph';

export const SHAPE = [2, 4, 6] as const;

/** A generator of choices, by Marsaglia's xorshift. */
export class Choices {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) | 1;
  }

  /** A whole number from `low` to `high`. */
  int(low: number, high: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return low + ((x >>> 1) % (high - low + 1));
  }

  ints = (count: number, low: number, high: number): number[] => Array.from({ length: count }, () => this.int(low, high));
  of = <T>(list: readonly T[]): T => list[this.int(0, list.length - 1)];
  flag = (): boolean => this.int(0, 1) === 1;
}

/** @param depth How deep functions of functions may still go. */
type Step = (a: Tensor, b: Tensor, r: Choices, depth: number) => Tensor;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
/** Elements of a tensor from its first on, again where it has too few, in another shape. */
const cut = (x: Tensor, shape: readonly number[]): Tensor =>
  reshape(slice(tile(reshape(x, [-1]), [Math.ceil(sizeOf(shape) / sizeOf(x.shape))]), { stop: sizeOf(shape) }), shape);
const indices = (values: number[], shape: readonly number[], r: Choices): NDArray =>
  asarray(values, { dtype: r.of(['int32', 'int64']), shape });
const image = (x: Tensor): Tensor => reshape(x, [2, 4, 2, 3]);

/** Any tensor in the common shape: axes are shortened where they are longer, padded where they are shorter. */
const fit = (x: Tensor, r: Choices): Tensor =>
  SHAPE.reduce<Tensor>(
    (part, to, axis) => {
      const from = part.shape[axis];
      const before = r.int(0, Math.abs(to - from));
      if (from >= to) return slice(part, { axis, start: before, stop: before + to });
      return pad(part, { axis, before, after: to - from - before, mode: r.of(['constant', 'edge', 'wrap']) });
    },
    x.shape.length === 3 ? x : cut(x, SHAPE),
  );

/** Windows of a size of which at least one fits into each axis. */
function windows(r: Choices, kernel: readonly number[], space: readonly number[]) {
  const dilations = r.ints(kernel.length, 1, 2);
  const pads = kernel.map((n, i): [number, number] => [Math.max((n - 1) * dilations[i] + 1 - space[i], 0) + r.int(0, 1), r.int(0, 2)]);
  return { strides: r.ints(kernel.length, 1, 3), dilations, pads };
}

const steps: Readonly<Record<string, Step>> = {
  conv1d(a, b, r) {
    const [groups, kernel] = [r.of([1, 2, 4]), r.int(1, 3)];
    return fit(conv(a, cut(b, [groups * r.int(1, 2), 4 / groups, kernel]), { ...windows(r, [kernel], [6]), groups }), r);
  },
  conv2d(a, b, r) {
    const [groups, kernel] = [r.of([1, 2, 4]), r.ints(2, 1, 2)];
    return fit(
      conv(image(a), cut(b, [groups, 4 / groups, ...kernel]), { ...windows(r, kernel, [2, 3]), groups, bias: cut(a, [groups]) }),
      r,
    );
  },
  convTranspose1d(a, b, r) {
    const [strides, dilations, groups] = [r.int(1, 3), r.int(1, 3), r.of([1, 2, 4])];
    const outputPadding = r.int(0, Math.max(strides, dilations) - 1);
    const pads = [[r.int(0, 1), r.int(0, 2)]] as const;
    return fit(convTranspose(a, cut(b, [4, r.int(1, 2), r.int(1, 3)]), { strides, dilations, groups, outputPadding, pads }), r);
  },
  convTranspose2d: (a, b, r) =>
    fit(
      convTranspose(image(a), cut(b, [4, 1, ...r.ints(2, 1, 3)]), { strides: r.ints(2, 1, 2), padding: 'same', groups: r.of([1, 2]) }),
      r,
    ),
  maxPool(a, _, r) {
    const [kernel, dilations] = [r.int(1, 3), r.int(1, 2)];
    const most = Math.min((kernel - 1) * dilations, 2);
    return fit(maxPool(a, kernel, { strides: r.int(1, 3), dilations, pads: [[r.int(0, most), r.int(0, most)]], ceilMode: r.flag() }), r);
  },
  averagePool(a, _, r) {
    const [options, kernel] = [{ ceilMode: r.flag(), countIncludePad: r.flag() }, r.int(1, 4)];
    if (r.flag())
      return fit(averagePool(image(a), r.ints(2, 1, 2), { strides: r.ints(2, 1, 3), padding: r.of(['same', 'valid']), ...options }), r);
    const most = Math.min(kernel - 1, 2);
    return fit(averagePool(a, kernel, { strides: r.int(1, 3), pads: [[r.int(0, most), r.int(0, most)]], ...options }), r);
  },
  lpPool: (a, _, r) => fit(lpPool(add(a, 3), 2, { strides: r.int(1, 2) }), r),
  unfold: (a, _, r) => fit(unfold(a, r.int(1, 3), { strides: r.int(1, 2), pads: r.int(0, 1) }), r),
  fold(a, _, r) {
    const space = r.of([
      [3, 4],
      [4, 3],
    ]);
    return fit(fold(reshape(a, [2, 1, 4, space[0] - 1, space[1] - 1]), space, 2), r);
  },
  slice: (a, _, r) =>
    fit(
      slice(
        a,
        SHAPE.map((n) => (r.flag() ? { step: r.of([1, 2, -1, -2, 3, -3]) } : { start: r.int(0, 1), stop: r.int(n - 1, n + 3), step: 2 })),
      ),
      r,
    ),
  pad(a, _, r) {
    const mode = r.of(['constant', 'reflect', 'edge', 'wrap'] as const);
    const pads = SHAPE.map((n): [number, number] => [r.int(0, Math.min(n - 1, 3)), r.int(0, Math.min(n - 1, 3))]);
    return fit(pad(a, { pads, mode, value: mode === 'constant' ? 1.5 : 0 }), r);
  },
  turn: (a, _, r) => roll(flip(a, { axes: r.of([[0], [1, 2], [-1]]) }), r.ints(2, -5, 5), { axes: [1, 2] }),
  transpose: (a, _, r) =>
    fit(
      transpose(
        a,
        r.of([
          [2, 0, 1],
          [1, 0, 2],
          [2, 1, 0],
        ]),
      ),
      r,
    ),
  take: (a, _, r) => fit(take(a, indices(r.ints(4, -4, 3), r.of([[4], [2, 2], [1, 4]]), r), { axis: r.int(1, 2) }), r),
  takeAlongAxis(a, _, r) {
    const axis = r.int(0, 2);
    const shape = SHAPE.map((n, i) => (i === axis ? r.int(1, 7) : n));
    return fit(takeAlongAxis(a, indices(r.ints(sizeOf(shape), -SHAPE[axis], SHAPE[axis] - 1), shape, r), { axis }), r);
  },
  gatherND: (a, _, r) => fit(gatherND(a, indices(r.ints(6, -4, 3), [2, 3, 1], r), { batchDims: 1 }), r),
  scatterElements(a, b, r) {
    const [axis, reduction] = [r.int(0, 2), r.of(['add', 'mul', 'max', 'min'] as const)];
    const shape = SHAPE.map((n) => r.int(1, n));
    const at = indices(r.ints(sizeOf(shape), -SHAPE[axis], SHAPE[axis] - 1), shape, r);
    return scatterElements(a, at, add(cut(b, shape), reduction === 'mul' ? 2.5 : 0), { axis, reduction });
  },
  scatterND(a, b, r) {
    const [count, depth, reduction] = [r.int(1, 4), r.int(1, 3), r.of(['add', 'mul', 'max', 'min'] as const)];
    const at = indices(
      Array.from({ length: count * depth }, (_, i) => r.int(0, SHAPE[i % depth] - 1)),
      [count, depth],
      r,
    );
    return scatterND(a, at, add(cut(b, [count, ...SHAPE.slice(depth)]), reduction === 'mul' ? 2.5 : 0), { reduction });
  },
  cumulativeSum: (a, _, r) => cumulativeSum(a, { axis: r.int(-3, 2), exclusive: r.flag(), reverse: r.flag() }),
  cumulativeProd: (a, _, r) => cumulativeProd(add(a, 0.1), { axis: r.int(0, 2), exclusive: r.flag(), reverse: r.flag() }),
  cumulativeMax: (a, _, r) => cumulativeMax(a, { axis: r.int(0, 2), reverse: r.flag() }),
  sort: (a, _, r) => sort(a, { axis: r.int(0, 2), descending: r.flag() }),
  topK: (a, _, r) => fit(topK(a, r.int(1, 4), { axis: r.int(1, 2), largest: r.flag() }).values, r),
  softmax: (a, _, r) => softmax(a, { axis: r.int(-3, 2) }),
  logsumexp: (a, _, r) => add(a, logsumexp(a, { axes: r.of([[0], [1, 2]]), keepDims: true })),
  extreme: (a, b, r) => add(b, max(a, { axes: r.of([[0], [1, 2]]), keepDims: true })),
  prod: (a, b, r) => add(b, prod(a, { axes: r.of([0, 1, 2]), keepDims: true })),
  norm: (a, b, r) => add(b, vectorNorm(a, { ord: r.of([1, 2, 3]), axes: r.of([0, 1, 2]), keepDims: true })),
  variance: (a, b, r) => add(b, variance(a, { axes: r.of([0, 1, 2]), keepDims: true, correction: r.int(0, 1) })),
  layerNorm: (a, _, r) => layerNorm(a, { axis: r.int(1, 2), epsilon: 0.1 }),
  groupNorm: (a, _, r) => groupNorm(a, r.of([1, 2, 4]), { epsilon: 0.1 }),
  batchNorm: (a) => batchNormTraining(a, { epsilon: 0.1 }).y,
  resize: (a, _, r) => fit(resize(a, { axes: [1, 2], sizes: [r.int(2, 6), r.int(2, 9)], mode: r.of(['linear', 'cubic', 'nearest']) }), r),
  einsum: (a, b, r) => (r.flag() ? einsum('bij,bkj,bkl->bil', a, b, a) : einsum('bij,ckj->bij', a, b)),
  matmul: (a, b) => matmul(matmul(a, matrixTranspose(b)), multiply(b, 0.2)),
  triangles: (a, _, r) => add(tril(a, { k: r.int(-2, 3) }), fit(diag(diagonal(a, { offset: r.int(-1, 1) }), { offset: r.int(-1, 1) }), r)),
  repeat: (a, _, r) => fit(repeat(a, r.int(1, 3), { axis: r.int(0, 2) }), r),
  reverseSequence: (a, _, r) => reverseSequence(a, asarray(r.ints(2, 1, 4), { dtype: 'int32' }), { batchAxis: 0, timeAxis: 1 }),
  splitAxis: (a) => concat([...splitAxis(a, [1, 3], { axis: 1 })].reverse(), { axis: 1 }),
  gates: (a, b, r) =>
    r.of([
      (x: Tensor) => silu(x),
      (x: Tensor) => gelu(x),
      (x: Tensor) => atan2(x, add(square(b), 0.5)),
      (x: Tensor) => where(greater(x, b), x, b),
    ])(a),

  vmap(a, b, r, depth) {
    const step = any(r, depth);
    const [x, y] = [stack([a, multiply(b, 0.5)]), stack([b, a])];
    return sum(
      r.of([() => vmap(step)(x, y), () => vmap(step, { inAxes: [0, null] })(x, b), () => vmap(step, { inAxes: [null, 0] })(a, y)])(),
      { axes: 0 },
    );
  },
  scan(a, b, r, depth) {
    const [next, output] = [any(r, depth), any(r, depth)];
    const [last, all] = scan((h: Tensor, x: Tensor) => [sin(next(h, x)), output(x, h)], a, stack([b, sin(b), tanh(a)]), {
      reverse: r.flag(),
    });
    return add(last, sum(all, { axes: 0 }));
  },
  cond: (a, b, r, depth) => cond(greater(sum(r.flag() ? a : b), r.of([0, -1e3, 1e3])), any(r, depth), any(r, depth), a, b),
  grad: (a, b, r, depth) => {
    const step = any(r, depth);
    return grad((x: Tensor) => sum(sin(step(x, b))))(a);
  },
  jvp: (a, b, r, depth) => {
    const step = any(r, depth);
    return jvp((x: Tensor) => step(x, b), [a], [b])[1];
  },
  checkpoint: (a, b, r, depth) => checkpoint(any(r, depth))(a, b),
};

const names = Object.keys(steps);
const plain = names.slice(0, names.indexOf('vmap'));

/** One of the steps, the same at every call. */
function any(r: Choices, depth: number): (a: Tensor, b: Tensor) => Tensor {
  const [name, seed] = [r.of(depth > 0 ? names : plain), r.int(0, 2 ** 30)];
  return (a, b) => steps[name](a, b, new Choices(seed), depth - 1);
}

/** A function that applies `length` random steps to what is known so far, and gives all results. */
export function randomFunction(seed: number, length: number): (x: Tensor, y: Tensor) => Tensor[] {
  return (x, y) => {
    const r = new Choices(seed);
    const known = [x, y];
    // A sine keeps values small and has no ties, at which engines that round differently would part.
    for (let i = 0; i < length; i++) known.push(sin(any(r, 2)(known[known.length - 1 - r.int(0, 1)], r.of(known))));
    return known.slice(2);
  };
}
