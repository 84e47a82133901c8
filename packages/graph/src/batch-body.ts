/** The body of a loop for a whole batch. */
import { repeat } from './batching.js';
import { makeGraph, type Graph } from './graph.js';
import { SymbolicTensor, type Tensor } from './tensor.js';
import { batchReached } from './vmap.js';

interface BatchedBody {
  readonly graph: Graph;
  /** Which inputs of the new body hold the batch. */
  readonly many: readonly boolean[];
  /** Whether an output of the old body depends on the batch. */
  readonly reached: (output: Tensor) => boolean;
}

/**
 * A body whose marked inputs hold the batch on their first axis. Its first `carried` outputs go back to the inputs of their places,
 * and make them batched as soon as they depend on the batch: the loop is followed until no more come.
 *
 * @param everyOutput Whether outputs that do not depend on the batch are repeated.
 */
export function batchBody(body: Graph, batched: readonly boolean[], size: number, carried: number, everyOutput = false): BatchedBody {
  const many = [...batched];
  for (;;) {
    const inputs = body.inputs.map((input, i) => (many[i] ? new SymbolicTensor(input.dtype, [size, ...input.shape]) : input));
    const known = new Map<Tensor, Tensor>(body.inputs.flatMap((input, i) => (many[i] ? [[input, inputs[i]]] : [])));
    const reached = batchReached(body.outputs, known, size);
    const more = body.outputs.flatMap((output, i) => (i < carried && !many[i] && reached.has(output) ? [i] : []));
    for (const i of more) many[i] = true;
    if (more.length > 0) continue;
    const outputs = body.outputs.map(
      (output, i) => reached.get(output) ?? (everyOutput || (i < carried && many[i]) ? repeat(output, size) : output),
    );
    return { graph: makeGraph(inputs, body.inputNames, outputs, body.outputNames), many, reached: (output) => reached.has(output) };
  }
}
