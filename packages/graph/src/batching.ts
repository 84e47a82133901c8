/** Shorthands for batching rules: how an operator computes many examples at once. The batch is the first axis of what it marks. */
import type { BatchContext } from './operator.js';
import { broadcastTo } from './ops/expand.js';
import { reshape } from './ops/reshape.js';
import type { Tensor } from './tensor.js';

/** A tensor that is the same for every example, with the batch as a first axis. */
export const repeat = (x: Tensor, size: number): Tensor => broadcastTo(x, [size, ...x.shape]);

/** All inputs with the batch as first axis: those that lack it are repeated. */
export const allBatched = ({ inputs, batched, size }: BatchContext): Tensor[] =>
  inputs.map((input, i) => (batched[i] ? input : repeat(input, size)));

/**
 * Inputs of an operator that broadcasts from the right: batched ones get axes of size 1 after the batch, so that their other
 * axes meet those of the operand with the most axes. Inputs without the batch stay as they are.
 */
export function alignedForBroadcast({ inputs, batched }: BatchContext): Tensor[] {
  const rank = Math.max(...inputs.map(({ shape }, i) => shape.length - (batched[i] ? 1 : 0)));
  return inputs.map((input, i) => {
    if (!batched[i]) return input;
    const [size, ...shape] = input.shape;
    return reshape(input, [size, ...new Array<number>(rank - shape.length).fill(1), ...shape]);
  });
}
