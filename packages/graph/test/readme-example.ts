import {
  add,
  asarray,
  flattenArguments,
  mapTree,
  matmul,
  mean,
  multiply,
  normal,
  prepare,
  randomKey,
  square,
  subtract,
  trace,
  valueAndGrad,
  zeros,
} from '@gradus/graph';
import type { NDArray, Tensor } from '@gradus/graph';

interface Params<T> {
  w: T;
  b: T;
}

const loss = (p: Params<Tensor>, x: Tensor, y: Tensor): Tensor => mean(square(subtract(add(matmul(x, p.w), p.b), y)));

const step = (p: Params<Tensor>, x: Tensor, y: Tensor) => {
  const [value, gradient] = valueAndGrad(loss)(p, x, y);
  return { params: mapTree((v: Tensor, g: Tensor) => subtract(v, multiply(g, 0.1)), p, gradient), value };
};

// On arrays everything computes at once: data for y = 2 x1 - 3 x2 + 0.5.
const x = normal(randomKey(0), [64, 2]) as NDArray;
const y = add(matmul(x, asarray([[2], [-3]])), 0.5) as NDArray;
let params: Params<NDArray> = { w: zeros([2, 1]), b: zeros([1]) };

// Inside trace the same functions build a graph, gradients included; prepare runs it.
const { graph, unflatten } = trace(step, params, x, y);
const run = prepare(graph);
for (let i = 0; i < 200; i++) params = unflatten(run(flattenArguments<NDArray>(params, x, y))).params;
console.log(`${graph.nodes.length} nodes, w = ${params.w.data}, b = ${params.b.data}`);
