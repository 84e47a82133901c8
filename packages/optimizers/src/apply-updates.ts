/** The last line of a training step. */
import type { TensorParams } from '@gradus/core';
import { add, formatSpec, GradusError, sameShape } from '@gradus/graph';
import { perParameter } from './per-parameter.js';

/**
 * `params + updates`, name by name.
 *
 * @throws `GRADIENT_MISMATCH`, naming the parameter, when an update is missing or has another shape or element type.
 * @example
 * applyUpdates({ w: asarray([1, 2]) }, { w: asarray([0.5, -1]) }); // { w: [1.5, 1] }
 */
export const applyUpdates = (params: TensorParams, updates: TensorParams): TensorParams =>
  perParameter(params, (param, name) => {
    const update = updates[name];
    if (update === undefined || update.dtype !== param.dtype || !sameShape(update.shape, param.shape)) {
      throw new GradusError('GRADIENT_MISMATCH', {
        what: `The update of parameter '${name}' does not fit it`,
        received: update === undefined ? 'no update' : formatSpec(update),
        expected: formatSpec(param),
      });
    }
    return add(param, update);
  });
