/** Where the pixels of a resized axis come from, and with which weights: the definitions of ONNX Resize, for one axis. */

/** How a place on the resized axis is a place on the given one. */
export type CoordinateMode =
  | 'half_pixel'
  | 'half_pixel_symmetric'
  | 'pytorch_half_pixel'
  | 'align_corners'
  | 'asymmetric'
  | 'tf_crop_and_resize';

/** Which of the two pixels beside a place is nearest. */
export type NearestMode = 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';

export interface ResizedAxis {
  /** Pixels given, and pixels wanted. */
  readonly size: number;
  readonly length: number;
  /** Wanted by given, before it was rounded to whole pixels. */
  readonly scale: number;
  /** For `tf_crop_and_resize`: the part of the axis that is shown, as shares of it. */
  readonly crop: readonly [start: number, end: number];
}

/** The place of each wanted pixel on the given axis, by the text of ONNX Resize; pixels lie at whole numbers. */
export function coordinates(mode: CoordinateMode, { size, length, scale, crop }: ResizedAxis): number[] {
  const [start, end] = crop;
  const last = size - 1;
  const place: Record<CoordinateMode, (i: number) => number> = {
    half_pixel: (i) => (i + 0.5) / scale - 0.5,
    // The centre stays the centre, also where rounding took some of the last pixel.
    half_pixel_symmetric: (i) => (size / 2) * (1 - length / (size * scale)) + (i + 0.5) / scale - 0.5,
    pytorch_half_pixel: (i) => (length > 1 ? (i + 0.5) / scale - 0.5 : 0),
    align_corners: (i) => (length > 1 ? (i * last) / (length - 1) : 0),
    asymmetric: (i) => i / scale,
    tf_crop_and_resize: (i) => (length > 1 ? start * last + (i * (end - start) * last) / (length - 1) : ((start + end) / 2) * last),
  };
  return Array.from({ length }, (_, i) => place[mode](i));
}

const inside = (i: number, size: number): number => Math.min(Math.max(i, 0), size - 1);

/** The given pixel nearest to each place. */
export function nearest(mode: NearestMode, places: readonly number[], size: number): number[] {
  const round: Record<NearestMode, (x: number) => number> = {
    round_prefer_floor: (x) => Math.ceil(x - 0.5),
    round_prefer_ceil: (x) => Math.floor(x + 0.5),
    floor: Math.floor,
    ceil: Math.ceil,
  };
  return places.map((x) => inside(round[mode](x), size));
}

export interface Kernel {
  /** Its weight at a distance in pixels. */
  readonly weight: (distance: number) => number;
  /** The distance from which on that is 0. */
  readonly support: number;
}

export const linearKernel: Kernel = { weight: (t) => Math.max(0, 1 - Math.abs(t)), support: 1 };

/** Keys, Cubic convolution interpolation for digital image processing (1981); `a` is the slope at distance 1. */
export const cubicKernel = (a: number): Kernel => ({
  support: 2,
  weight(distance) {
    const t = Math.abs(distance);
    if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
    return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
  },
});

export interface WeightOptions {
  /** Pixels beyond the edge count nothing, instead of as much as the edge. */
  readonly excludeOutside: boolean;
  /** Widens the kernel where pixels become fewer, so that all of them count. */
  readonly antialias: boolean;
}

/** The matrix `[length, size]`, row by row, of the weight that each given pixel has in each wanted one. */
export function interpolationMatrix(
  kernel: Kernel,
  places: readonly number[],
  { size, scale }: ResizedAxis,
  { excludeOutside, antialias }: WeightOptions,
): Float64Array {
  const shrink = antialias ? Math.min(scale, 1) : 1;
  const first = Math.floor(-kernel.support / shrink) + 1;
  const matrix = new Float64Array(places.length * size);
  places.forEach((x, row) => {
    // The pixel left of x; x itself counts as right of its left neighbour.
    const left = Math.ceil(x) - 1;
    const taps = Array.from({ length: 2 - 2 * first }, (_, i) => left + first + i);
    const weights = taps.map((tap) => (excludeOutside && tap !== inside(tap, size) ? 0 : kernel.weight((tap - x) * shrink)));
    const total = antialias || excludeOutside ? weights.reduce((sum, w) => sum + w, 0) || 1 : 1;
    taps.forEach((tap, i) => (matrix[row * size + inside(tap, size)] += weights[i] / total));
  });
  return matrix;
}
