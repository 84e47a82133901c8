/** The training step under measurement: a multilayer perceptron, softmax cross-entropy and Adam, composed by hand. */
import {
  add,
  asarray,
  cast,
  divide,
  logSoftmax,
  mapTree,
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
  valueAndGrad,
  zeros,
  type Graph,
  type LoopLayout,
  type NDArray,
  type Tensor,
} from '@gradus/graph';

/** Layer sizes, input first, and the batch size. */
export interface MlpSize {
  readonly layers: readonly number[];
  readonly batch: number;
}

type Tensors = Readonly<Record<string, Tensor>>;

/** Carried from step to step: parameters, Adam's moments and the number of steps done. */
interface State<T> {
  readonly params: Readonly<Record<string, T>>;
  readonly m: Readonly<Record<string, T>>;
  readonly v: Readonly<Record<string, T>>;
  readonly count: T;
}

/** Scanned: one batch and the learning rate of the step. */
interface Scanned<T> {
  readonly x: T;
  readonly y: T;
  readonly rate: T;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Mean cross-entropy of logits against integer labels. */
function loss(params: Tensors, x: Tensor, y: Tensor, depth: number): Tensor {
  const layers = depth - 1;
  let h = x;
  for (let i = 0; i < layers; i++) {
    h = add(matmul(h, params[`${i}.weight`]), params[`${i}.bias`]);
    if (i < layers - 1) h = relu(h);
  }
  return negative(mean(sum(multiply(oneHot(y, h.shape[1]), logSoftmax(h)), { axes: 1 })));
}

/**
 * Kingma and Ba, "Adam" (2015), in section 2's more efficient order: the bias corrections are scalars. The gradient is scaled
 * so that its square needs no factor: ONNX Runtime does that inside the product that made the gradient.
 */
function adam(g: Tensor, m: Tensor, v: Tensor, p: Tensor, scale: Tensor, epsilon: Tensor): [Tensor, Tensor, Tensor] {
  const factor = Math.sqrt(1 - BETA2);
  const scaled = multiply(g, factor);
  const m2 = add(multiply(m, BETA1), multiply(scaled, (1 - BETA1) / factor));
  const v2 = add(multiply(v, BETA2), multiply(scaled, scaled));
  return [subtract(p, multiply(divide(m2, add(sqrt(v2), epsilon)), scale)), m2, v2];
}

function step(state: State<Tensor>, { x, y, rate }: Scanned<Tensor>): { state: State<Tensor>; loss: Tensor } {
  const names = Object.keys(state.params);
  const [value, gradient] = valueAndGrad((params: Tensors) => loss(params, x, y, names.length / 2 + 1))(state.params);
  const count = add(state.count, 1);
  const t = cast(count, 'float32');
  const root = sqrt(subtract(1, pow(BETA2, t)));
  const scale = divide(multiply(rate, root), subtract(1, pow(BETA1, t)));
  const epsilon = multiply(root, EPSILON);
  const next = names.map((n) => adam((gradient as Tensors)[n], state.m[n], state.v[n], state.params[n], scale, epsilon));
  const pick = (i: number): Tensors => Object.fromEntries(names.map((n, j) => [n, next[j][i]]));
  return { state: { params: pick(0), m: pick(1), v: pick(2), count }, loss: value as Tensor };
}

export interface MlpStep {
  readonly graph: Graph;
  readonly layout: LoopLayout;
  /** Values of the carried inputs before the first step, in order. */
  readonly initial: readonly NDArray[];
}

/** The step as a graph: state carried, batch and learning rate scanned, the loss stacked. */
export function mlpStep({ layers, batch }: MlpSize): MlpStep {
  const keys = split(randomKey(1), layers.length - 1) as NDArray[];
  const params = Object.fromEntries(
    keys.flatMap((key, i) => [
      [`${i}.weight`, multiply(normal(key, [layers[i], layers[i + 1]]), Math.sqrt(2 / layers[i])) as NDArray],
      [`${i}.bias`, zeros([layers[i + 1]])],
    ]),
  );
  const none = mapTree((p: NDArray) => zeros(p.shape), params) as Record<string, NDArray>;
  const state: State<NDArray> = { params, m: none, v: none, count: asarray(Int32Array.of(0), { shape: [] }) };
  const { graph } = trace(step, state as never, {
    x: { dtype: 'float32', shape: [batch, layers[0]] },
    y: { dtype: 'int32', shape: [batch] },
    rate: { dtype: 'float32', shape: [] },
  } as never);
  const initial = [...Object.values(state.params), ...Object.values(state.m), ...Object.values(state.v), state.count];
  return { graph, layout: { carried: initial.length, scanned: 3 }, initial };
}
