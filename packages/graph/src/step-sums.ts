/** Sums of an expression over the steps of a loop: afterwards, in one operation on stacked values, where its form allows. */
import { add, Add } from './ops/add.js';
import { MatMul, matmul } from './ops/mat-mul.js';
import { multiply } from './ops/mul.js';
import { ReduceSum, sum } from './ops/reduce-sum.js';
import { Reshape, reshape } from './ops/reshape.js';
import { Transpose, transpose } from './ops/transpose.js';
import { sameShape } from './shape.js';
import type { SymbolicTensor } from './tensor.js';
import { type Tensor } from './tensor.js';

/** What a loop has left behind: the values of an expression at all steps, and the last value of what was carried. */
export interface Steps {
  /** With the steps on the first axis. */
  stacked(expression: Tensor): Tensor;
  carried(expression: Tensor): Tensor;
  /** Of an expression that is the same at every step: as it is outside of the loop. */
  shared(expression: Tensor): Tensor;
}

export interface SumPlan {
  /** Expressions whose values at every step must be stacked. */
  readonly stack: readonly Tensor[];
  /** Expressions to add up inside the loop. */
  readonly carry: readonly Tensor[];
  /** The sum, once the loop has run. */
  total(steps: Steps): Tensor;
}

/**
 * How to sum `expression` over `length` steps. A product of matrices is summed as one product of the stacked factors: for the
 * weights of a recurrent cell one large product in place of a small one and an addition at every step. Sums, reshapes and
 * transposes pass through. What has another form is added up inside the loop.
 *
 * @param varies Whether a tensor differs from step to step.
 */
export function sumOverSteps(expression: Tensor, length: number, varies: (tensor: Tensor) => boolean): SumPlan {
  if (!varies(expression)) return { stack: [], carry: [], total: (steps) => multiply(steps.shared(expression), length) };
  const node = (expression as SymbolicTensor).node;
  const again = (input: Tensor): SumPlan => sumOverSteps(input, length, varies);
  const inputs = node?.inputs ?? [];
  switch (node?.operator) {
    case Add: {
      if (!inputs.every(({ shape }) => sameShape(shape, expression.shape))) break;
      const [a, b] = inputs.map(again);
      return { stack: [...a.stack, ...b.stack], carry: [...a.carry, ...b.carry], total: (steps) => add(a.total(steps), b.total(steps)) };
    }
    case Reshape: {
      const plan = again(inputs[0]);
      return { ...plan, total: (steps) => reshape(plan.total(steps), expression.shape) };
    }
    case Transpose: {
      const plan = again(inputs[0]);
      return { ...plan, total: (steps) => transpose(plan.total(steps), node!.attributes.perm as readonly number[]) };
    }
    case ReduceSum: {
      const [x] = inputs;
      // A batch of products is smaller summed than stacked.
      if ((x as SymbolicTensor).node?.operator === MatMul) break;
      const axes = [0, ...(node!.attributes.axes as readonly number[]).map((axis) => axis + 1)];
      return { stack: [x], carry: [], total: (steps) => reshape(sum(steps.stacked(x), { axes }), expression.shape) };
    }
    case MatMul: {
      const [a, b] = inputs;
      if (a.shape.length !== 2 || b.shape.length !== 2 || !varies(a) || !varies(b)) break;
      const turned = (a as SymbolicTensor).node?.operator === Transpose;
      const left = turned ? (a as SymbolicTensor).node!.inputs[0] : a;
      const rows = (x: Tensor): Tensor => reshape(x, [-1, x.shape[2]]);
      return {
        stack: [left, b],
        carry: [],
        total(steps) {
          const all = steps.stacked(left);
          return matmul(transpose(rows(turned ? all : transpose(all, [0, 2, 1]))), rows(steps.stacked(b)));
        },
      };
    }
  }
  return { stack: [], carry: [expression], total: (steps) => steps.carried(expression) };
}
