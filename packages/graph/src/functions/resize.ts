/** Images of another size. */
import { FLOATS } from '../dtype.js';
import { GradusError } from '../errors.js';
import {
  coordinates,
  cubicKernel,
  interpolationMatrix,
  linearKernel,
  nearest,
  type CoordinateMode,
  type NearestMode,
  type ResizedAxis,
} from '../interpolation.js';
import { asarray } from '../ndarray.js';
import { requireDType, shapeError } from '../operator.js';
import { take } from '../ops/gather.js';
import { matmul } from '../ops/mat-mul.js';
import { reshape } from '../ops/reshape.js';
import { where } from '../ops/where.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { repeat } from './repeat.js';

export interface ResizeOptions {
  /** Default: all axes, in order. */
  readonly axes?: readonly number[];
  /** Factors by which the axes grow; sizes are rounded down. This, or `sizes`. */
  readonly scales?: readonly number[];
  /** The sizes wanted. */
  readonly sizes?: readonly number[];
  /** Default: `nearest`. */
  readonly mode?: 'nearest' | 'linear' | 'cubic';
  /** Default: `half_pixel`, where pixels are areas and the areas of the whole coincide. */
  readonly coordinateMode?: CoordinateMode;
  /** Default: `round_prefer_floor`. */
  readonly nearestMode?: NearestMode;
  /** For `cubic`: the slope of the kernel at distance 1. Default: -0.75, as PyTorch; TensorFlow and Pillow have -0.5. */
  readonly cubicCoefficient?: number;
  /** For `linear` and `cubic`: pixels beyond the edge count nothing, instead of as much as the edge. Default: `false`. */
  readonly excludeOutside?: boolean;
  /** For `linear` and `cubic`: where an axis becomes shorter, every pixel counts. Default: `false`. */
  readonly antialias?: boolean;
  /** With `sizes`: one scale for all axes, so that none is larger, or none smaller, than wanted. Default: `stretch`. */
  readonly keepAspectRatio?: 'stretch' | 'not_larger' | 'not_smaller';
  /** For `tf_crop_and_resize`: the part shown, as the starts then the ends of the axes, from 0 to 1. */
  readonly roi?: readonly number[];
  /** For `tf_crop_and_resize`: what stands where the part shown lies outside of x. Default: 0. */
  readonly extrapolationValue?: number;
}

/**
 * x with other numbers of pixels along its axes. ONNX Resize (opset 18), every mode.
 *
 * Each axis is one product with a constant matrix (`linear`, `cubic`) of as many rows as pixels wanted and columns as given, or
 * one gather (`nearest`, any element type).
 *
 * @throws `INVALID_ARGUMENT` unless there are either scales or sizes, one for each axis, and for an unknown mode; `INVALID_AXIS`;
 *   `DTYPE_MISMATCH` for integers that are to be interpolated.
 * @example
 * resize(image, { axes: [2, 3], scales: [2, 2], mode: 'linear' });
 */
export function resize(x: Tensor, options: ResizeOptions): Tensor {
  const { mode = 'nearest', coordinateMode = 'half_pixel', nearestMode = 'round_prefer_floor', extrapolationValue = 0 } = options;
  const { cubicCoefficient = -0.75, excludeOutside = false, antialias = false } = options;
  check('mode', mode, ['nearest', 'linear', 'cubic']);
  check('coordinateMode', coordinateMode, COORDINATE_MODES);
  check('nearestMode', nearestMode, ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']);
  if (mode !== 'nearest') requireDType('resize', x, FLOATS);
  return resizedAxes(x, options).reduce((image, [axis, resized]) => {
    const { size, length, scale, crop } = resized;
    if (scale === 1 && length === size && crop[0] === 0 && crop[1] === 1) return image;
    if (size === 0 && length > 0) throw shapeError('resize', `axis ${axis} is empty`, [x], 'pixels to resize');
    const places = coordinates(coordinateMode, resized);
    let result: Tensor;
    if (mode === 'nearest') {
      const chosen = nearest(nearestMode, places, size);
      const times = length / size;
      // Whole multiples need no lookup, whose gradient is a scatter.
      result =
        Number.isInteger(times) && chosen.every((pixel, i) => pixel === Math.floor(i / times))
          ? repeat(image, times, { axis })
          : take(image, asarray(Int32Array.from(chosen)), { axis });
    } else {
      const kernel = mode === 'linear' ? linearKernel : cubicKernel(cubicCoefficient);
      result = alongAxis(image, axis, interpolationMatrix(kernel, places, resized, { excludeOutside, antialias }), length);
    }
    const outside = places.map((p) => coordinateMode === 'tf_crop_and_resize' && (p < 0 || p > size - 1));
    if (!outside.includes(true)) return result;
    const along = result.shape.map((n, i) => (i === axis ? n : 1));
    return where(asarray(outside, { shape: along }), extrapolationValue, result);
  }, x);
}

const COORDINATE_MODES = ['half_pixel', 'half_pixel_symmetric', 'pytorch_half_pixel', 'align_corners', 'asymmetric', 'tf_crop_and_resize'];

function check(name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new GradusError('INVALID_ARGUMENT', { what: `resize: no such ${name}`, received: String(value), expected: known.join(', ') });
}

/** What happens to each axis. */
function resizedAxes(x: Tensor, options: ResizeOptions): [number, ResizedAxis][] {
  const axes = (options.axes ?? x.shape.map((_, i) => i)).map((axis) => normalizeAxis('resize', axis, x.shape.length));
  const { sizes, scales, keepAspectRatio = 'stretch', roi } = options;
  const wanted = sizes ?? scales;
  const fits = wanted?.length === axes.length && wanted.every((n) => (sizes ? Number.isInteger(n) && n >= 0 : n > 0));
  if ((sizes === undefined) === (scales === undefined) || !fits || (roi !== undefined && roi.length !== 2 * axes.length)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'resize: what is wanted is not clear',
      received: `sizes ${JSON.stringify(sizes)}, scales ${JSON.stringify(scales)}, roi ${JSON.stringify(roi)} for ${axes.length} axes`,
      expected: 'either sizes, whole numbers, or scales above 0, one for each axis; in roi a start, then an end, for each',
    });
  }
  check('keepAspectRatio', keepAspectRatio, ['stretch', 'not_larger', 'not_smaller']);
  const given = axes.map((axis) => x.shape[axis]);
  const ratios = scales ?? sizes!.map((n, i) => n / given[i]);
  const one = keepAspectRatio === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  const stretch = sizes === undefined || keepAspectRatio === 'stretch';
  return axes.map((axis, i) => {
    const scale = stretch ? ratios[i] : one;
    const length = sizes === undefined ? Math.floor(given[i] * scale) : stretch ? sizes[i] : Math.floor(given[i] * scale + 0.5);
    const crop = roi === undefined ? ([0, 1] as const) : ([roi[i], roi[axes.length + i]] as const);
    return [axis, { size: given[i], length, scale, crop }];
  });
}

/** The product of a matrix `[length, n]` with each vector along an axis. */
function alongAxis(x: Tensor, axis: number, matrix: Float64Array, length: number): Tensor {
  const n = x.shape[axis];
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const weights = asarray(matrix, { shape: [length, n], dtype: x.dtype });
  const [outer, inner] = [sizeOf(before), sizeOf(after)];
  if (inner > 1) return reshape(matmul(weights, reshape(x, [outer, n, inner])), [...before, length, ...after]);
  const turned = Float64Array.from(matrix, (_, i) => matrix[(i % length) * n + Math.floor(i / length)]);
  const columns = asarray(turned, { shape: [n, length], dtype: x.dtype });
  return reshape(matmul(reshape(x, [outer, n]), columns), [...before, length, ...after]);
}
