import { checkOptions, rules } from '@gradus/core';
import {
  add,
  broadcastTo,
  cast,
  concat,
  equal,
  expandDims,
  formatSpec,
  full,
  GradusError,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logSoftmax,
  logsumexp,
  maximum,
  negative,
  reshape,
  scan,
  slice,
  stack,
  sum,
  takeAlongAxis,
  transpose,
  where,
  type Tensor,
} from '@gradus/graph';
import { ctcStates, type CtcStates } from '../ctc-states.js';
import type { Loss } from '../loss.js';
import { integer } from '../option-rules.js';
import { isInteger, requireAxes } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface CtcOptions {
  /** The class that stands for no label, from 0. Default: 0. */
  readonly blank?: number;
  /** What follows the last label of a sample that has fewer than others: no class. Default: -1. */
  readonly padding?: number;
}

/** Stands for the logarithm of 0, because -Infinity has no gradient. */
const IMPOSSIBLE = -1e30;

/**
 * Connectionist temporal classification: the mean over the samples of -log of the probability, in nats, that the outputs spell the labels,
 * with any number of repetitions and blanks between them. Graves et al. (2006), equations 6 to 8. Unlike PyTorch's mean it is not divided
 * by the number of labels.
 *
 * Logits: float [batch, time, classes]; all times count. Labels: int32 or int64 [batch, longest], padded at their ends. A label that is
 * blank or outside of the classes makes the loss NaN; labels for which there is too little time make it infinite.
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function ctcWith(options: CtcOptions = {}): Loss {
  checkOptions('ctcWith', options, { blank: rules.count, padding: integer });
  const { blank = 0, padding = -1 } = options;
  return (logits, targets, weights) => {
    requireSequences(logits, targets, blank);
    const labels = cast(targets, 'int32');
    const present = logicalNot(equal(labels, padding));
    const isClass = logicalAnd(logicalAnd(greaterEqual(labels, 0), less(labels, logits.shape[2])), logicalNot(equal(labels, blank)));
    const states = ctcStates(where(isClass, labels, blank), present, blank);
    const last = forward(emissions(logits, states), states);
    const logLikelihood = logsumexp(where(states.final, last, IMPOSSIBLE), { axes: 1 });
    const possible = where(lessEqual(logLikelihood, IMPOSSIBLE / 2), -Infinity, logLikelihood);
    const wrong = sum(cast(logicalAnd(present, logicalNot(isClass)), 'int32'), { axes: 1 });
    return weightedMean('ctc', negative(where(equal(wrong, 0), possible, NaN)), weights);
  };
}

/** {@link ctcWith} with class 0 as blank and padding of -1. */
export const ctc: Loss = ctcWith();

/** Log-probability of the class of every state at every time: [time, batch, states]. */
function emissions(logits: Tensor, { classes }: CtcStates): Tensor {
  const [batch, time] = logits.shape;
  const size = classes.shape[1];
  const everywhere = broadcastTo(expandDims(classes, 1), [batch, time, size]);
  return transpose(maximum(takeAlongAxis(logSoftmax(logits), everywhere), IMPOSSIBLE), [1, 0, 2]);
}

/** Log-probability of all ways to be in each state at the last time: [batch, states]. */
function forward(emitted: Tensor, { skippable }: CtcStates): Tensor {
  const [time, batch, size] = emitted.shape;
  const never = (states: number): Tensor => full([batch, states], IMPOSSIBLE, emitted.dtype);
  const later = (alpha: Tensor, by: number): Tensor => concat([never(by), slice(alpha, { axis: 1, stop: size - by })], { axis: 1 });
  const first = concat([slice(reshape(slice(emitted, { stop: 1 }), [batch, size]), { axis: 1, stop: 2 }), never(size - 2)], { axis: 1 });
  if (time === 1) return first;
  const [last] = scan(
    (alpha: Tensor, emission: Tensor) => {
      const ways = stack([alpha, later(alpha, 1), where(skippable, later(alpha, 2), IMPOSSIBLE)]);
      return [add(logsumexp(ways, { axes: 0 }), emission), {}] as const;
    },
    first,
    slice(emitted, { start: 1 }),
  );
  return last as Tensor;
}

function requireSequences(logits: Tensor, labels: Tensor, blank: number): void {
  requireAxes('ctc', logits, ['time', 'classes']);
  const integers = isInteger(labels);
  const fits = labels.shape.length === 2 && labels.shape[0] === logits.shape[0] && labels.shape[1] > 0;
  if (integers && fits && blank < logits.shape[2]) return;
  throw new GradusError(integers ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
    what: fits && integers ? `ctc: the blank is class ${blank}, which the logits lack` : 'ctc: labels do not fit the logits',
    received: `logits ${formatSpec(logits)} and labels ${formatSpec(labels)}`,
    expected: 'logits [batch, time, classes] and labels int32[batch, longest]',
    fix: integers ? undefined : "Make labels with asarray(…, { dtype: 'int32' }).",
  });
}
