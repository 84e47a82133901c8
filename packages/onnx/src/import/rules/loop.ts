/** Loop, as the simplest of three things that it can be: a scan, a list of steps, a while loop. */
import {
  NDArray,
  add,
  arange,
  isGradusError,
  isTensor,
  less,
  logicalAnd,
  reshape,
  scalar,
  scan,
  stack,
  whileLoop,
  type Tensor,
} from '@gradus/graph';
import type { GraphProto } from '../../proto.js';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';
import type { Value } from '../value.js';

/** Steps that are written out one by one; more of them, or without an end, are no file that anybody can train. */
const MOST_STEPS = 10_000;

/** A scalar may have the shape [1]. */
const asScalar = (x: Tensor): Tensor => reshape(x, []);

/** A loop as its node has it. */
interface LoopParts {
  readonly body: GraphProto;
  /** The first values of what goes round. */
  readonly state: readonly Value[];
  /** How many results of each step are stacked. */
  readonly stacked: number;
  readonly going: Tensor;
}

/**
 * A loop of a known number of steps whose condition is known is a scan, which can be differentiated; where its body needs the
 * number of the step for a shape, carries sequences or changes shapes, it is written out step by step. A loop that ends when a
 * computed condition fails is a while loop; it cannot stack results then, as their number would not be known.
 */
function loop(call: Call): readonly Value[] {
  const body = call.body('body');
  const state = call.values.slice(2).map((value) => value ?? null);
  const stacked = body.outputs.length - 1 - state.length;
  const going = call.has(1) ? asScalar(call.input(1)) : scalar(true, 'bool');
  const parts = { body, state, stacked, going };
  const limit = call.optional(0);
  const known = limit instanceof NDArray ? steps(limit) : Infinity;
  if (stacked > 0 || !state.every(isTensor)) {
    for (const i of [0, 1]) if (call.has(i)) call.array(i);
    return scannedLoop(call, parts, known) ?? unrolled(call, parts, known);
  }
  if (going instanceof NDArray && (limit === undefined || limit instanceof NDArray)) {
    const result = scannedLoop(call, parts, known) ?? attempt(() => unrolled(call, parts, known));
    if (result !== undefined) return result;
  }
  return endless(call, parts, limit);
}

/** A number of steps. Exporters write the largest integer for a loop that only its condition ends. */
const steps = (limit: NDArray): number => (limit.item() < 2 ** 31 ? limit.item() : Infinity);

/** What `fn` gives, or `undefined` where it needs to know what is computed only later, or shapes change. */
function attempt<T>(fn: () => T): T | undefined {
  try {
    return fn();
  } catch (error) {
    if (isGradusError(error, 'NOT_CONSTANT') || isGradusError(error, 'INVALID_LOOP')) return undefined;
    throw error;
  }
}

const isHeld = (value: Value): boolean => value instanceof NDArray && value.data[0] !== 0;

/** As one scan over the numbers of the steps; `undefined` when it is none. */
function scannedLoop(call: Call, { body, state, stacked, going }: LoopParts, limit: number): Tensor[] | undefined {
  if (!Number.isFinite(limit) || limit < 1 || limit > call.longest || !state.every(isTensor) || !isHeld(going)) return undefined;
  return attempt(() => {
    const [last, results] = scan(
      (carry, step) => {
        const [next, ...values] = call.runTensors(body, [step, going, ...carry]);
        if (!isHeld(next)) throw call.notConstant('the condition');
        return [values.slice(0, state.length), values.slice(state.length, state.length + stacked)];
      },
      [...state],
      arange(0, limit, 1, 'int64'),
    );
    return [...last, ...results];
  });
}

/** Step by step, as long as the condition is known and holds. */
function unrolled(call: Call, { body, state, stacked, going }: LoopParts, limit: number): readonly Value[] {
  let [current, holds]: [readonly Value[], Value] = [state, going];
  const results: Tensor[][] = Array.from({ length: stacked }, () => []);
  for (let step = 0; step < limit && isHeld(holds); step++) {
    if (step === MOST_STEPS) throw call.unsupported(`a loop of more than ${MOST_STEPS} steps that is no scan`);
    const [next, ...values] = call.run(body, [scalar(BigInt(step), 'int64'), holds, ...current]);
    if (!(next instanceof NDArray)) throw call.notConstant('the condition', next);
    holds = next;
    current = values.slice(0, state.length);
    call.tensorsAmong(values.slice(state.length)).forEach((result, i) => results[i].push(result));
  }
  return [...current, ...results.map((list) => stackOf(call, list))];
}

function stackOf(call: Call, list: readonly Tensor[]): Tensor {
  if (list.length === 0) throw call.unsupported('a loop of no steps that stacks results');
  return stack(list);
}

function endless(call: Call, { body, state, going }: LoopParts, limit: Tensor | undefined): Tensor[] {
  const end = limit === undefined ? undefined : asScalar(limit);
  const zero = scalar(0n, 'int64');
  const last = whileLoop(
    ({ holds, step }) => (end === undefined ? holds : logicalAnd(holds, less(step, end))),
    ({ holds, step, values }) => {
      const [next, ...results] = call.runTensors(body, [step, holds, ...values]);
      return { holds: asScalar(next), step: add(step, 1), values: results };
    },
    { holds: going, step: zero as Tensor, values: state as readonly Tensor[] },
  );
  return [...last.values];
}

export const rules: Rules = { Loop: loop };
