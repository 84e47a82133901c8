/** Weights per class, as an option of losses. */
import { asarray, formatSpec, GradusError, type NDArray, type Tensor } from '@gradus/graph';

/** The option as an array [classes] in the logits' type. @throws `SHAPE_MISMATCH` unless there is one per class. */
export function classWeightsFor(user: string, logits: Tensor, classWeights: readonly number[]): NDArray {
  const classes = logits.shape[logits.shape.length - 1];
  if (classWeights.length !== classes) {
    throw new GradusError('SHAPE_MISMATCH', {
      what: `${user}: the class weights do not fit the logits`,
      received: `${classWeights.length} weights and logits ${formatSpec(logits)}`,
      expected: `${classes} weights`,
    });
  }
  return asarray(classWeights, { dtype: logits.dtype });
}
