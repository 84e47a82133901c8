import { batchBody } from '../batch-body.js';
import { repeat } from '../batching.js';
import { carriedAfter, closeOver, inline, numbered, symbolsLike } from '../closure.js';
import { GradusError } from '../errors.js';
import { makeGraph, type Graph } from '../graph.js';
import { prepared } from '../interpreter.js';
import { apply, formatSpec, type BatchContext, type Operator } from '../operator.js';
import { isTensor, type Tensor } from '../tensor.js';
import { flatten, unflatten, type MapTree } from '../tree.js';
import { logicalAnd } from './and.js';
import { cast } from './cast.js';
import { max } from './reduce-max.js';
import { reshape } from './reshape.js';
import { where } from './where.js';

/** The first carried value is the condition: the body goes on while it holds. Outputs are the others. */
export type LoopAttributes = { body: Graph; carried: number };

export const Loop: Operator<LoopAttributes> = {
  name: 'Loop',
  infer: (_, { body, carried }) => body.outputs.slice(1, carried).map(({ dtype, shape }) => ({ dtype, shape })),
  kernel(inputs, { body, carried }) {
    const run = prepared(body);
    let state = inputs.slice(0, carried);
    while (state[0].data[0] !== 0) state = run([...state, ...inputs.slice(carried)]);
    return state.slice(1);
  },
  gradient() {
    throw new GradusError('NOT_DIFFERENTIABLE', {
      what: 'A while loop was to be differentiated: how many steps to remember is not known before it runs',
      fix: 'Use scan() with a fixed length, give the derivative with customGradient(), or end it with stopGradient().',
    });
  },
  batch: batchLoop,
  onnx: ({ body, carried }) => ({
    // No limit of steps.
    omitted: 1,
    inputs: carried,
    bodies: { body: { graph: body, unread: [{ dtype: 'int64', shape: [] }], reads: body.inputs.map((_, i) => (i < carried ? null : i)) } },
  }),
};

/** Where examples stop at different steps, all go on until the last is done, and those that are done keep their values. */
function batchLoop({ inputs, batched, size, attributes }: BatchContext<LoopAttributes>): readonly Tensor[] {
  const { body, carried } = attributes;
  const first = batchBody(body, batched, size, carried);
  const all = body.inputs.map((_, i) => first.many[i] || (first.many[0] && i < carried));
  const { graph, many } = first.many[0] ? batchBody(body, all, size, carried) : first;
  const given = inputs.map((input, i) => (many[i] && !batched[i] ? repeat(input, size) : input));
  if (!many[0]) return apply(Loop, given, { body: graph, carried }).map((result, i) => (many[i + 1] ? result : repeat(result, size)));

  const [running, ...rest] = graph.inputs;
  const [going] = symbolsLike([{ dtype: 'bool', shape: [] }]);
  const still = logicalAnd(running, graph.outputs[0]);
  const next = graph.outputs.slice(1, carried).map((output, i) => {
    const old = rest[i];
    return where(reshape(running, [size, ...old.shape.slice(1).map(() => 1)]), output, old);
  });
  const symbols = [going, running, ...rest];
  const outputs = [any(still), still, ...next];
  const together = makeGraph(symbols, numbered('in', symbols), outputs, numbered('out', outputs));
  return apply(Loop, [any(given[0]), ...given], { body: together, carried: carried + 1 }).slice(1);
}

const any = (x: Tensor): Tensor => cast(max(cast(x, 'int32')), 'bool');

/**
 * Repeats `step` while `condition` holds: a loop whose number of steps is found as it runs. ONNX Loop.
 *
 * Not differentiable backwards. Batched by `vmap`, it goes on until every example is done.
 *
 * @param condition Of the state: a bool scalar.
 * @param step The next state, of the same types and shapes.
 * @param init The first state: a tree of tensors.
 * @returns The first state for which `condition` does not hold.
 * @throws `INVALID_LOOP` when the state changes its form or the condition is no bool scalar.
 * @example
 * whileLoop((x) => less(x, 100), (x) => multiply(x, 2), scalar(3)); // 192
 */
export function whileLoop<State>(
  condition: (state: MapTree<State, Tensor>) => Tensor,
  step: (state: MapTree<State, Tensor>) => unknown,
  init: State,
): MapTree<State, Tensor> {
  const before = flatten<Tensor>(init);
  const symbols = symbolsLike(before.map(({ leaf }) => leaf));
  const next = carriedAfter('whileLoop', before, step(unflatten(init, symbols) as MapTree<State, Tensor>));
  const holds = condition(unflatten(init, symbols) as MapTree<State, Tensor>);
  if (!isTensor(holds) || holds.dtype !== 'bool' || holds.shape.length > 0) {
    throw new GradusError('INVALID_LOOP', {
      what: 'The condition of whileLoop is no bool scalar',
      received: isTensor(holds) ? formatSpec(holds) : typeof holds,
      expected: 'bool[]',
      fix: 'Reduce it: all(…) or any(…).',
    });
  }
  const test = closeOver(symbols, [holds]);
  const holdsFor = (state: readonly Tensor[]): Tensor => inline(test.graph, [...state, ...test.captured])[0];
  const [going] = symbolsLike([{ dtype: 'bool', shape: [] }]);
  const { graph, captured } = closeOver([going, ...symbols], [holdsFor(next), ...next]);
  const state = before.map(({ leaf }) => leaf);
  return unflatten(init, apply(Loop, [holdsFor(state), ...state, ...captured], { body: graph, carried: state.length + 1 }));
}
