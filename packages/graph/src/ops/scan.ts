import { batchBody } from '../batch-body.js';
import { repeat } from '../batching.js';
import { carriedAfter, closeOver, symbolsLike } from '../closure.js';
import { dtypes } from '../dtype.js';
import { GradusError } from '../errors.js';
import type { Graph } from '../graph.js';
import { prepared } from '../interpreter.js';
import { arange, NDArray, row } from '../ndarray.js';
import { apply, formatSpec, type BatchContext, type Operator } from '../operator.js';
import { currentLine } from '../origin.js';
import { scanGradient } from '../scan-gradient.js';
import { sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { flatten, leaves, unflatten, type MapTree } from '../tree.js';
import { transpose } from './transpose.js';

/** Inputs and outputs of the body are as `LoopLayout` says; `reverse` is 1 to go from the last row to the first. */
export type ScanAttributes = { body: Graph; carried: number; scanned: number; length: number; reverse: number };

export const Scan: Operator<ScanAttributes> = {
  name: 'Scan',
  infer(_, { body, carried, length }) {
    return body.outputs.map(({ dtype, shape }, i) => ({ dtype, shape: i < carried ? shape : [length, ...shape] }));
  },
  kernel(inputs, { body, carried, scanned, length, reverse }, specs) {
    const run = prepared(body);
    const scanEnd = carried + scanned;
    let state = inputs.slice(0, carried);
    const stacked = specs.slice(carried).map(({ dtype, shape }) => new NDArray(dtype, shape, dtypes[dtype].allocate(sizeOf(shape))));
    for (let t = 0; t < length; t++) {
      const at = reverse === 1 ? length - 1 - t : t;
      const outputs = run([...state, ...inputs.slice(carried, scanEnd).map((x) => row(x, at)), ...inputs.slice(scanEnd)]);
      state = outputs.slice(0, carried);
      stacked.forEach((array, i) => row(array, at).data.set(outputs[carried + i].data as never));
    }
    return [...state, ...stacked];
  },
  gradient: scanGradient,
  batch: batchScan,
  onnx({ body, carried, scanned, reverse }) {
    const scanEnd = carried + scanned;
    const directions = (count: number): { ints: number[] } => ({ ints: new Array<number>(count).fill(reverse) });
    const stacked = body.outputs.length - carried;
    return {
      attributes: {
        num_scan_inputs: { int: scanned },
        ...(reverse === 1 ? { scan_input_directions: directions(scanned) } : {}),
        ...(reverse === 1 && stacked > 0 ? { scan_output_directions: directions(stacked) } : {}),
      },
      inputs: scanEnd,
      bodies: { body: { graph: body, reads: body.inputs.map((_, i) => (i < scanEnd ? null : i)) } },
    };
  },
};

/** The body is batched in what depends on batched inputs: which carried values do is found by following the loop until no more come. */
function batchScan({ inputs, batched, size, attributes }: BatchContext<ScanAttributes>): readonly Tensor[] {
  const { body, carried, scanned } = attributes;
  const { graph, many, reached } = batchBody(body, batched, size, carried);
  const results = apply(
    Scan,
    inputs.map((input, i) => {
      if (!many[i]) return input;
      if (!batched[i]) return repeat(input, size);
      return i < carried || i >= carried + scanned ? input : swapFirstTwo(input);
    }),
    { ...attributes, body: graph },
  );
  return results.map((result, i) => {
    if (i < carried) return many[i] ? result : repeat(result, size);
    return reached(body.outputs[i]) ? swapFirstTwo(result) : repeat(result, size);
  });
}

const swapFirstTwo = (x: Tensor): Tensor => transpose(x, [1, 0, ...x.shape.map((_, i) => i).slice(2)]);

/**
 * fn for each row of `xs` in turn, each time with the carry of the time before: a loop that is differentiated, batched and
 * compiled as one operator. ONNX Scan.
 *
 * @param fn (carry, row) => [next carry of the same types and shapes, a tree of results to stack].
 * @param init The first carry: a tree of tensors.
 * @param xs A tree of tensors with one leading length, or `null` with `length` given.
 * @returns [the last carry, the results stacked on a new first axis, in the order of the rows].
 * @throws `INVALID_LOOP` when the function gives no pair, when the carry changes its form, when lengths differ or none is known.
 * @example
 * // Running totals: [[10], [1, 3, 6, 10]]
 * scan((total, x) => [add(total, x), add(total, x)], scalar(0), asarray([1, 2, 3, 4]));
 */
export function scan<Carry, Xs, Y>(
  fn: (carry: MapTree<Carry, Tensor>, x: MapTree<Xs, Tensor>) => readonly [unknown, Y],
  init: Carry,
  xs: Xs,
  options: { readonly length?: number; readonly reverse?: boolean } = {},
): [MapTree<Carry, Tensor>, MapTree<Y, Tensor>] {
  const before = flatten<Tensor>(init);
  const rows = xs === null ? [] : leaves<Tensor>(xs);
  const length = lengthOf(rows, options.length);
  // ONNX wants something to scan.
  const scanned = rows.length > 0 ? rows : [arange(0, length, 1, 'int32')];
  const state = symbolsLike(before.map(({ leaf }) => leaf));
  const parts = symbolsLike(scanned.map(({ dtype, shape }) => ({ dtype, shape: shape.slice(1) })));
  const pair: unknown = fn(
    unflatten(init, state) as MapTree<Carry, Tensor>,
    (xs === null ? null : unflatten(xs, parts)) as MapTree<Xs, Tensor>,
  );
  if (!Array.isArray(pair) || pair.length !== 2) throw noPair(pair);
  const [next, result] = pair as [unknown, Y];
  const after = carriedAfter('scan', before, next);
  const { graph, captured } = closeOver([...state, ...parts], [...after, ...leaves<Tensor>(result)]);
  const outputs = apply(Scan, [...before.map(({ leaf }) => leaf), ...scanned, ...captured], {
    body: graph,
    carried: state.length,
    scanned: scanned.length,
    length,
    reverse: options.reverse === true ? 1 : 0,
  });
  return [unflatten(init, outputs), unflatten(result, outputs.slice(state.length))];
}

const noPair = (received: unknown): GradusError =>
  new GradusError('INVALID_LOOP', {
    what: 'scan: the function gives no pair',
    received: Array.isArray(received) ? `a list of ${received.length}` : typeof received,
    expected: '[next carry, results to stack]; [] where there is nothing to stack',
    at: currentLine(),
  });

function lengthOf(rows: readonly Tensor[], wanted: number | undefined): number {
  const length = wanted ?? rows[0]?.shape[0];
  if (Number.isInteger(length) && length! >= 1 && rows.every(({ shape }) => shape[0] === length)) return length!;
  throw new GradusError('INVALID_LOOP', {
    what: 'scan does not know how many steps to do',
    received: [...rows.map(formatSpec), ...(wanted === undefined ? [] : [`length ${wanted}`])].join(', ') || 'nothing to scan',
    expected: 'tensors with one leading length of 1 or more, or `length`',
  });
}
