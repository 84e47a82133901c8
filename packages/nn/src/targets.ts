/** What outputs and targets have to be for each other, and targets in the form that formulas take. */
import { cast, formatSpec, GradusError, greater, isFloat, multiply, sameShape, subtract, type Tensor } from '@gradus/graph';

/**
 * Throws unless outputs and targets have one float type and one shape: broadcasting [n, 1] with [n] to [n, n] is a mistake that
 * still trains.
 */
export function requireSame(user: string, outputs: Tensor, targets: Tensor): void {
  if (formatSpec(outputs) === formatSpec(targets) && isFloat(outputs.dtype)) return;
  throw new GradusError(outputs.dtype === targets.dtype && isFloat(outputs.dtype) ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
    what: `${user}: outputs and targets differ`,
    received: `${formatSpec(outputs)} and ${formatSpec(targets)}`,
    expected: 'one float type and one shape',
    fix: 'Reshape the targets, or cast() them.',
  });
}

/** outputs - targets. */
export function difference(user: string, outputs: Tensor, targets: Tensor): Tensor {
  requireSame(user, outputs, targets);
  return subtract(outputs, targets);
}

/** Targets from 0 to 1 in the type of the outputs; bool becomes 0 and 1. */
export function asProbabilities(user: string, outputs: Tensor, targets: Tensor): Tensor {
  const t = targets.dtype === 'bool' ? cast(targets, outputs.dtype) : targets;
  requireSame(user, outputs, t);
  return t;
}

/** Targets that are -1 or 1; bool becomes -1 and 1. */
export const asSigns = (user: string, outputs: Tensor, targets: Tensor): Tensor =>
  targets.dtype === 'bool' ? subtract(multiply(asProbabilities(user, outputs, targets), 2), 1) : asProbabilities(user, outputs, targets);

/** Whether each target is positive, as bool of the outputs' shape: bool, or numbers 0 and 1 of any type. */
export function asBooleans(user: string, outputs: Tensor, targets: Tensor): Tensor {
  if (!isFloat(outputs.dtype) || !sameShape(outputs.shape, targets.shape)) {
    throw new GradusError(isFloat(outputs.dtype) ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
      what: `${user}: targets do not fit the outputs`,
      received: `outputs ${formatSpec(outputs)} and targets ${formatSpec(targets)}`,
      expected: `float outputs, and targets 0 or 1, bool[${outputs.shape.join(', ')}]`,
      fix: 'Reshape the targets.',
    });
  }
  return targets.dtype === 'bool' ? targets : greater(targets, isFloat(targets.dtype) ? 0.5 : 0);
}

export const isInteger = ({ dtype }: Tensor): boolean => dtype === 'int32' || dtype === 'int64';

/** Throws unless `labels` are integers of the logits' shape without the last axis. */
export function requireLabels(user: string, logits: Tensor, labels: Tensor): void {
  const shape = logits.shape.slice(0, -1);
  const integers = isInteger(labels);
  if (logits.shape.length >= 2 && isFloat(logits.dtype) && integers && sameShape(labels.shape, shape)) return;
  throw new GradusError(integers && isFloat(logits.dtype) ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
    what: `${user}: labels do not fit the logits`,
    received: `logits ${formatSpec(logits)} and labels ${formatSpec(labels)}`,
    expected: `float logits [batch, …, classes] and labels int32[${shape.join(', ')}]`,
    fix: integers ? undefined : "Make labels with asarray(…, { dtype: 'int32' }).",
  });
}

/**
 * Throws unless outputs have the shape [batch, ...rest]; a number in `rest` is a size, a word the name of any size.
 * @example requireAxes('tripletMargin', outputs, [3, 'features']);
 */
export function requireAxes(user: string, outputs: Tensor, rest: readonly (number | string)[], fix?: string): void {
  const { shape, dtype } = outputs;
  if (isFloat(dtype) && shape.length === rest.length + 1 && rest.every((n, i) => typeof n === 'string' || n === shape[i + 1])) return;
  throw new GradusError(isFloat(dtype) ? 'SHAPE_MISMATCH' : 'DTYPE_MISMATCH', {
    what: `${user} takes other outputs`,
    received: formatSpec(outputs),
    expected: `float [${['batch', ...rest].join(', ')}]`,
    fix,
  });
}
