/** Losses: means over the batch, as scalars. */
import {
  abs,
  add,
  cast,
  divide,
  formatSpec,
  GradusError,
  logSoftmax,
  maximum,
  mean,
  multiply,
  negative,
  oneHot,
  sameShape,
  softplus,
  subtract,
  sum,
  type Tensor,
} from '@gradus/graph';

/** A loss of a model's outputs against targets. */
export type Loss = (outputs: Tensor, targets: Tensor) => Tensor;

/**
 * Cross-entropy of softmax(logits) against integer labels, in nats, without overflow.
 *
 * @param logits Unnormalised scores: float [batch, …, classes].
 * @param labels The right classes from 0: int32 or int64 [batch, …]. A label outside of the classes makes the loss NaN.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, saying what labels should be.
 */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  requireLabels('softmaxCrossEntropy', logits, labels);
  const hits = oneHot(labels, logits.shape[logits.shape.length - 1], logits.dtype);
  // A label without a class has no hit: 0 / 0 makes the loss NaN, which the trainer refuses, where 0 would train on nonsense.
  const perSample = divide(sum(multiply(hits, logSoftmax(logits)), { axes: -1 }), sum(hits, { axes: -1 }));
  return negative(mean(perSample));
}

/** Mean of (outputs - targets)² over all elements; both of one shape. */
export function meanSquaredError(outputs: Tensor, targets: Tensor): Tensor {
  const error = difference('meanSquaredError', outputs, targets);
  return mean(multiply(error, error));
}

/** Mean of |outputs - targets| over all elements; both of one shape. */
export const meanAbsoluteError = (outputs: Tensor, targets: Tensor): Tensor => mean(abs(difference('meanAbsoluteError', outputs, targets)));

/**
 * Cross-entropy of sigmoid(logits) against probabilities of `true`, in nats, without overflow:
 * max(z, 0) - z t + log(1 + e^-|z|), averaged.
 *
 * @param targets 0 to 1, or bool; of the logits' shape.
 */
export function sigmoidBinaryCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const t = targets.dtype === 'bool' ? cast(targets, logits.dtype) : targets;
  requireSame('sigmoidBinaryCrossEntropy', logits, t);
  return mean(add(subtract(maximum(logits, 0), multiply(logits, t)), softplus(negative(abs(logits)))));
}

/** Throws unless `labels` are integers of the logits' shape without the last axis. */
export function requireLabels(user: string, logits: Tensor, labels: Tensor): void {
  const shape = logits.shape.slice(0, -1);
  const integers = labels.dtype === 'int32' || labels.dtype === 'int64';
  if (logits.shape.length >= 2 && integers && sameShape(labels.shape, shape)) return;
  throw new GradusError(integers ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
    what: `${user}: labels do not fit the logits`,
    received: `logits ${formatSpec(logits)} and labels ${formatSpec(labels)}`,
    expected: `logits [batch, …, classes] and labels int32[${shape.join(', ')}]`,
    fix: integers ? undefined : "Make labels with asarray(…, { dtype: 'int32' }).",
  });
}

function difference(loss: string, outputs: Tensor, targets: Tensor): Tensor {
  requireSame(loss, outputs, targets);
  return subtract(outputs, targets);
}

/** Equal shapes are asked for because broadcasting [n, 1] with [n] to [n, n] is a mistake that still trains. */
function requireSame(loss: string, outputs: Tensor, targets: Tensor): void {
  if (formatSpec(outputs) === formatSpec(targets)) return;
  throw new GradusError(outputs.dtype === targets.dtype ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
    what: `${loss}: outputs and targets differ`,
    received: `${formatSpec(outputs)} and ${formatSpec(targets)}`,
    expected: 'one type and one shape',
    fix: 'Reshape the targets, or cast() them.',
  });
}
