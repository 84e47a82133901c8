/** Resize, and Upsample before it. */
import { checkElements, resize, type ResizeOptions, type Tensor } from '@gradus/graph';
import { pick } from '../axes.js';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** A list that is left out may also be there and empty. */
const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined => (list?.length === 0 ? undefined : list);

/** Places of the result are computed one by one. */
function checkPlaces(
  x: Tensor,
  axes: readonly number[],
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
): void {
  const counts = axes.map((axis, i) => sizes?.[i] ?? Math.floor(x.shape.at(axis)! * (scales?.[i] ?? 1)));
  for (const count of counts) checkElements('Resize', [count]);
}

/** Scales are an attribute or the second input before operator set 11, when pixels were points; since then the third. */
function resized(call: Call): Tensor {
  const x = call.input(0);
  const mode = call.string('mode', 'nearest') as ResizeOptions['mode'];
  if (call.version < 11) {
    const scales = call.floats('scales') ?? call.numbers(1)!;
    checkPlaces(x, [...x.shape.keys()], scales, undefined);
    return resize(x, { scales, mode, coordinateMode: 'asymmetric', nearestMode: 'floor' });
  }
  const [roi, scales, sizes] = [filled(call.numbers(1)), filled(call.numbers(2)), filled(call.numbers(3))];
  checkPlaces(x, call.ints('axes') ?? [...x.shape.keys()], scales, sizes);
  const coordinateMode = call.string('coordinate_transformation_mode', 'half_pixel');
  const nearestMode = call.string('nearest_mode', 'round_prefer_floor') as ResizeOptions['nearestMode'];
  if (coordinateMode === 'tf_half_pixel_for_nn') return fromCentres(call, x, scales ?? sizes!.map((n, axis) => n / x.shape[axis]));
  return resize(x, {
    axes: call.ints('axes'),
    ...(sizes === undefined ? { scales } : { sizes }),
    mode,
    coordinateMode: coordinateMode as ResizeOptions['coordinateMode'],
    nearestMode,
    cubicCoefficient: call.float('cubic_coeff_a', -0.75),
    excludeOutside: call.int('exclude_outside', 0) === 1,
    antialias: call.int('antialias', 0) === 1,
    keepAspectRatio: call.string('keep_aspect_ratio_policy', 'stretch') as ResizeOptions['keepAspectRatio'],
    roi: coordinateMode === 'tf_crop_and_resize' ? roi : undefined,
    extrapolationValue: call.float('extrapolation_value', 0),
  });
}

const ROUNDINGS: Readonly<Record<string, (place: number) => number>> = {
  ceil: Math.ceil,
  floor: Math.floor,
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
};

/** The mode `tf_half_pixel_for_nn` of operator sets 11 and 12: centres of new pixels, taken for corners of old ones. */
function fromCentres(call: Call, x: Tensor, scales: readonly number[]): Tensor {
  if (call.string('mode', 'nearest') !== 'nearest') throw call.unsupported('tf_half_pixel_for_nn of another mode than nearest');
  const rounded = ROUNDINGS[call.string('nearest_mode', 'round_prefer_floor')];
  return scales.reduce((y, scale, axis) => {
    const size = x.shape[axis];
    const positions = Array.from({ length: Math.floor(size * scale) }, (_, i) => Math.min(rounded((i + 0.5) / scale), size - 1));
    return pick(y, positions, axis);
  }, x);
}

export const rules: Rules = { Resize: resized, Upsample: resized };
