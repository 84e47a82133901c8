/** Resize, and Upsample before it: axis after axis, by positions or by a product with a table of weights. */
import { asarray, logicalAnd, matmul, normalizeAxis, where, type Tensor } from '@gradus/graph';
import { along, alongLast, pick } from '../axes.js';
import type { Call } from '../call.js';
import { nearest, placeOf, weightsAt, type Axis, type Interpolation } from '../interpolation.js';
import type { Rules } from '../rule.js';

const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

/** Sizes that keep the ratio of the axes when that is asked for, with the scale that they share. */
function keepRatio(
  call: Call,
  wanted: readonly number[],
  sizes: readonly number[],
): { sizes: readonly number[]; scales: readonly number[] } {
  const scales = wanted.map((n, i) => n / sizes[i]);
  const policy = call.string('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return { sizes: wanted, scales };
  const scale = policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales);
  return { sizes: sizes.map((n) => Math.floor(scale * n + 0.5)), scales: sizes.map(() => scale) };
}

/** The axes to resize, with what is known of each. Inputs are roi, scales and sizes since operator set 11, scales alone before. */
function axesOf(call: Call, x: Tensor): (Axis & { axis: number })[] {
  const rank = x.shape.length;
  const old = call.version < 11;
  const axes = call.ints('axes')?.map((axis) => normalizeAxis('Resize', axis, rank)) ?? x.shape.map((_, i) => i);
  const sizes = axes.map((axis) => x.shape[axis]);
  const roi = old ? undefined : filled(call.numbers(1));
  const givenScales = filled(old ? (call.floats('scales') ?? call.numbers(1)) : call.numbers(2));
  const givenSizes = old ? undefined : filled(call.numbers(3));
  const target =
    givenSizes === undefined
      ? { scales: givenScales!, sizes: sizes.map((n, i) => Math.floor(n * givenScales![i])) }
      : keepRatio(call, givenSizes, sizes);
  return axes.map((axis, i) => ({
    axis,
    size: sizes[i],
    resized: target.sizes[i],
    scale: target.scales[i],
    crop: [roi?.[i] ?? 0, roi?.[axes.length + i] ?? 1],
  }));
}

function optionsOf(call: Call): Interpolation {
  const old = call.version < 11;
  return {
    mode: call.string('mode', 'nearest'),
    coordinates: old ? 'asymmetric' : call.string('coordinate_transformation_mode', 'half_pixel'),
    rounding: old ? 'floor' : call.string('nearest_mode', 'round_prefer_floor'),
    cubic: call.float('cubic_coeff_a', -0.75),
    excludeOutside: call.int('exclude_outside', 0) === 1,
    antialias: call.int('antialias', 0) === 1,
  };
}

function resized(call: Call): Tensor {
  let x = call.input(0);
  const options = optionsOf(call);
  const cropped = options.coordinates === 'tf_crop_and_resize';
  const rank = x.shape.length;
  const inside: Tensor[] = [];
  for (const axis of axesOf(call, x)) {
    if (axis.size === axis.resized && axis.scale === 1 && !cropped) continue;
    const places = Array.from({ length: axis.resized }, (_, i) => {
      const place = placeOf(i, axis, options.coordinates);
      if (place === undefined) throw call.unsupported(`coordinates '${options.coordinates}'`);
      return place;
    });
    x = resizeAxis(x, axis, places, options);
    if (cropped) {
      const within = places.map((place) => place >= 0 && place <= axis.size - 1);
      inside.push(along(asarray(within, { dtype: 'bool', shape: [axis.resized] }), axis.axis, rank));
    }
  }
  return inside.length === 0 ? x : where(inside.reduce(logicalAnd), x, call.float('extrapolation_value', 0));
}

function resizeAxis(x: Tensor, axis: Axis & { axis: number }, places: readonly number[], options: Interpolation): Tensor {
  if (options.mode === 'nearest') {
    const positions = places.map((place) => nearest(place, axis.size, options.rounding));
    return pick(x, positions, axis.axis);
  }
  const rows = places.map((place) => weightsAt(place, axis, options));
  const columns = Array.from({ length: axis.size }, (_, i) => rows.map((row) => row[i]));
  const table = asarray(columns.flat(), { dtype: x.dtype, shape: [axis.size, places.length] });
  return alongLast(x, axis.axis, (y) => matmul(y, table));
}

export const rules: Rules = { Resize: resized, Upsample: resized };
