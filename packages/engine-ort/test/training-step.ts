/** A whole training step for tests: a small classifier with dropout, softmax cross-entropy and Adam. */
import {
  add,
  asarray,
  bernoulli,
  cast,
  divide,
  logSoftmax,
  matmul,
  mean,
  multiply,
  negative,
  normal,
  oneHot,
  pow,
  randomKey,
  relu,
  split,
  sqrt,
  subtract,
  sum,
  trace,
  uniform,
  valueAndGrad,
  where,
  zeros,
  type Graph,
  type LoopLayout,
  type NDArray,
  type Tensor,
} from '@gradus/graph';

type Tensors = Readonly<Record<string, Tensor>>;

const [INPUTS, HIDDEN, CLASSES, BATCH] = [6, 16, 3, 12];
const KEEP = 0.75;

export interface TrainingStep {
  readonly graph: Graph;
  readonly layout: LoopLayout;
  /** Carried inputs before the first step. */
  readonly initial: readonly NDArray[];
  /** Scanned inputs of `steps` steps. */
  scanned(steps: number): NDArray[];
}

export function trainingStep(dropout: boolean): TrainingStep {
  const [k1, k2, kx, ky] = split(randomKey(7), 4) as NDArray[];
  const params: Record<string, NDArray> = {
    w1: multiply(normal(k1, [INPUTS, HIDDEN]), 0.5) as NDArray,
    b1: zeros([HIDDEN]),
    w2: multiply(normal(k2, [HIDDEN, CLASSES]), 0.5) as NDArray,
    b2: zeros([CLASSES]),
  };
  const names = Object.keys(params);
  const none = Object.fromEntries(names.map((n) => [n, zeros(params[n].shape)]));

  const loss = (p: Tensors, x: Tensor, y: Tensor, key: Tensor): Tensor => {
    let h = relu(add(matmul(x, p.w1), p.b1));
    if (dropout) h = where(bernoulli(key, KEEP, [BATCH, HIDDEN]), divide(h, KEEP), 0);
    const logits = add(matmul(h, p.w2), p.b2);
    return negative(mean(sum(multiply(oneHot(y, CLASSES), logSoftmax(logits)), { axes: -1 })));
  };
  const step = (
    state: { params: Tensors; m: Tensors; v: Tensors; count: Tensor },
    { x, y, key, rate }: { x: Tensor; y: Tensor; key: Tensor; rate: Tensor },
  ): object => {
    const [value, g] = valueAndGrad((p: Tensors) => loss(p, x, y, key))(state.params) as unknown as [Tensor, Tensors];
    const count = add(state.count, 1);
    const t = cast(count, 'float32');
    const root = sqrt(subtract(1, pow(0.999, t)));
    const scale = divide(multiply(rate, root), subtract(1, pow(0.9, t)));
    const each = (f: (n: string) => Tensor): Tensors => Object.fromEntries(names.map((n) => [n, f(n)]));
    const m = each((n) => add(multiply(state.m[n], 0.9), multiply(g[n], 0.1)));
    const v = each((n) => add(multiply(state.v[n], 0.999), multiply(multiply(g[n], g[n]), 0.001)));
    const next = each((n) => subtract(state.params[n], multiply(scale, divide(m[n], add(sqrt(v[n]), multiply(root, 1e-8))))));
    return { params: next, m, v, count, loss: value };
  };

  const count = asarray(Int32Array.of(0), { shape: [] });
  const { graph } = trace(
    step as never,
    { params, m: none, v: none, count } as never,
    {
      x: { dtype: 'float32', shape: [BATCH, INPUTS] },
      y: { dtype: 'int32', shape: [BATCH] },
      key: { dtype: 'uint32', shape: [2] },
      rate: { dtype: 'float32', shape: [] },
    } as never,
  );
  const initial = [...Object.values(params), ...Object.values(none), ...Object.values(none), count];
  return {
    graph,
    layout: { carried: initial.length, scanned: 4 },
    initial,
    scanned: (steps) => [
      normal(kx, [steps, BATCH, INPUTS]) as NDArray,
      cast(multiply(uniform(ky, [steps, BATCH]), CLASSES), 'int32') as NDArray,
      asarray(
        Uint32Array.from({ length: 2 * steps }, (_, i) => 1000 + i),
        { shape: [steps, 2] },
      ),
      asarray(Float32Array.from({ length: steps }, (_, i) => 0.005 * (1 + (i % 3)))),
    ],
  };
}
