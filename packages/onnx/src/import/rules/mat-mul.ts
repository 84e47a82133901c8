/** Products of matrices. */
import { add, einsum, matmul, multiply, transpose, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

const scaled = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : multiply(x, factor));

/** alpha A' B' + beta C, A' and B' being A and B or their transposes. */
function gemm(call: Call): Tensor {
  const [a, b] = [call.input(0), call.input(1)];
  const product = matmul(call.int('transA', 0) ? transpose(a) : a, call.int('transB', 0) ? transpose(b) : b);
  const c = call.optional(2);
  const first = scaled(product, call.float('alpha', 1));
  return c === undefined ? first : add(first, scaled(c, call.float('beta', 1)));
}

export const rules: Rules = {
  Einsum: (call) => einsum(call.string('equation')!, ...call.tensors()),
  Gemm: gemm,
  MatMul: (call) => matmul(call.input(0), call.input(1)),
};
