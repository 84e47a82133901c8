import { alignedForBroadcast, repeat } from '../batching.js';
import { FLOATS } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import { apply, shapeError, type Operator } from '../operator.js';
import { sameShape } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { greater } from './greater.js';
import { multiply } from './mul.js';
import { where } from './where.js';

const base = binary('PRelu', {
  types: FLOATS,
  compute: (x, slope) => (x < 0 ? slope * x : x),
  gradient: (x, slope, _y, g) => {
    const positive = greater(x, 0);
    return [where(positive, g, multiply(g, slope)), where(positive, 0, multiply(g, x))];
  },
});

export const PRelu: Operator = {
  ...base,
  infer(inputs, attributes) {
    const [x, slope] = inputs;
    const [output] = base.infer(inputs, attributes);
    if (sameShape(output.shape, x.shape)) return [output];
    throw shapeError('PRelu', 'the slope does not broadcast to x', [x, slope], 'equal sizes, or 1, on each axis counted from the right');
  },
  batch(context) {
    const [x, slope] = context.inputs;
    const inputs = context.batched[0] ? [x, slope] : [repeat(x, context.size), slope];
    return apply(PRelu, alignedForBroadcast({ ...context, inputs, batched: [true, context.batched[1]] }), {});
  },
};

/** x where it is not negative, else `slope` x, elementwise; the slope broadcasts to x. ONNX PRelu. The gradient at 0 is the slope's. */
export const prelu = (x: TensorLike, slope: TensorLike): Tensor => call2(PRelu, x, slope);
