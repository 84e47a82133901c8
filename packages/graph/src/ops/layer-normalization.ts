import { repeat } from '../batching.js';
import { FLOATS } from '../dtype.js';
import { NDArray, ones, zeros } from '../ndarray.js';
import { apply, requireDType, requireSameDType, shapeError, type Operator } from '../operator.js';
import { normalizeAxis, sameShape, sizeOf } from '../shape.js';
import { layerNormGradient } from '../standard-score.js';
import type { Tensor } from '../tensor.js';
import { narrow, widen } from '../wide.js';
import { add } from './add.js';
import { multiply } from './mul.js';
import { reshape } from './reshape.js';

/** Inputs: x, and scale and bias of its last axes. Outputs: the result, the mean, and the reciprocal of the deviation. */
export const LayerNormalization: Operator<{ axis: number; epsilon: number }> = {
  name: 'LayerNormalization',
  infer(inputs, { axis }) {
    const [x, scale, bias] = inputs;
    requireSameDType('LayerNormalization', inputs);
    requireDType('LayerNormalization', x, FLOATS, 'operands');
    const own = x.shape.slice(axis);
    if (!sameShape(scale.shape, own) || !sameShape(bias.shape, own)) {
      throw shapeError('LayerNormalization', 'scale or bias does not fit', inputs, `[${own.join(', ')}], the normalised axes, for both`);
    }
    const rest = { dtype: x.dtype, shape: x.shape.map((n, i) => (i < axis ? n : 1)) };
    return [{ dtype: x.dtype, shape: x.shape }, rest, rest];
  },
  kernel([x, scale, bias], { axis, epsilon }, [spec, rest]) {
    const n = sizeOf(x.shape.slice(axis));
    const rows = sizeOf(rest.shape);
    const [from, s, b] = [widen(x.data), widen(scale.data), widen(bias.data)];
    const [y, means, factors] = [new Float64Array(x.size), new Float64Array(rows), new Float64Array(rows)];
    for (let row = 0, start = 0; row < rows; row++, start += n) {
      let total = 0;
      for (let i = 0; i < n; i++) total += from[start + i];
      const mean = total / n;
      let spread = 0;
      for (let i = 0; i < n; i++) spread += (from[start + i] - mean) ** 2;
      const factor = 1 / Math.sqrt(spread / n + epsilon);
      for (let i = 0; i < n; i++) y[start + i] = (from[start + i] - mean) * factor * s[i] + b[i];
      [means[row], factors[row]] = [mean, factor];
    }
    return [y, means, factors].map((data, i) => new NDArray(x.dtype, [spec, rest, rest][i].shape, narrow(data, x.dtype)));
  },
  gradient: layerNormGradient,
  batch({ inputs: [x, scale, bias], batched: [manyX, manyScale, manyBias], attributes: { axis, epsilon } }) {
    const attributes = { axis: manyX ? axis + 1 : axis, epsilon };
    if (!manyScale && !manyBias) return apply(LayerNormalization, [x, scale, bias], attributes);
    const own = manyScale ? scale.shape.slice(1) : scale.shape;
    // Scales of their own come after.
    const size = (manyScale ? scale : bias).shape[0];
    const [normal, mean, factor] = apply(LayerNormalization, [x, ones(own, x.dtype), zeros(own, x.dtype)], attributes);
    const beside = (t: Tensor, many: boolean): Tensor => (many ? reshape(t, [size, ...new Array<number>(axis).fill(1), ...own]) : t);
    const y = add(multiply(normal, beside(scale, manyScale)), beside(bias, manyBias));
    const all = (t: Tensor): Tensor => (manyX ? t : repeat(t, size));
    return [y, all(mean), all(factor)];
  },
  onnx: ({ axis, epsilon }) => ({ attributes: { axis: { int: axis }, epsilon: { float: epsilon } } }),
};

export interface LayerNormOptions {
  /** The first of the axes that are normalised together, which reach to the last. Default: -1. */
  readonly axis?: number;
  /** Multiplies the result; of the shape of the normalised axes. Default: none. */
  readonly scale?: Tensor;
  /** Added to the result; of the shape of the normalised axes. Default: none. */
  readonly bias?: Tensor;
  /** Added to the variance, against a division by 0. Default: 1e-5. */
  readonly epsilon?: number;
}

/**
 * Layer normalisation (Ba, Kiros & Hinton 2016): `(x - mean) / √(variance + epsilon) * scale + bias` over the last axes. ONNX
 * LayerNormalization.
 *
 * @throws `SHAPE_MISMATCH` for a scale or bias of another shape than the normalised axes; `INVALID_AXIS`; `DTYPE_MISMATCH`.
 * @example layerNorm(tokens, { scale, bias }); // [16, 64, 128], with a scale and a bias of [128]
 */
export function layerNorm(x: Tensor, options: LayerNormOptions = {}): Tensor {
  const axis = normalizeAxis('layerNorm', options.axis ?? -1, x.shape.length);
  const own = x.shape.slice(axis);
  const { scale = ones(own, x.dtype), bias = zeros(own, x.dtype), epsilon = 1e-5 } = options;
  return apply(LayerNormalization, [x, scale, bias], { axis, epsilon })[0];
}
