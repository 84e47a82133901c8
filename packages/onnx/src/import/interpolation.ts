/** How Resize makes the elements of an axis from those of another: a table of weights, known at import. */

/** Where an output element lies among the input's, by `coordinate_transformation_mode`. */
export interface Axis {
  readonly size: number;
  readonly resized: number;
  readonly scale: number;
  /** Start and end of the part to crop, in shares of the input's axis. */
  readonly crop: readonly [number, number];
}

export interface Interpolation {
  readonly mode: string;
  readonly coordinates: string;
  readonly rounding: string;
  /** Keys' coefficient of cubic interpolation. */
  readonly cubic: number;
  /** Elements beyond the ends have no weight, and those inside share it. */
  readonly excludeOutside: boolean;
  /** Where the result is smaller, more elements than the nearest are mixed. */
  readonly antialias: boolean;
}

/** The place of output element `i` on the input's axis; `undefined` for a way to tell it that is not known. */
export function placeOf(i: number, { size, resized, scale, crop }: Axis, coordinates: string): number | undefined {
  const halfPixel = (i + 0.5) / scale - 0.5;
  switch (coordinates) {
    case 'asymmetric':
      return i / scale;
    case 'half_pixel':
      return halfPixel;
    case 'pytorch_half_pixel':
      return resized > 1 ? halfPixel : 0;
    case 'half_pixel_symmetric':
      return (size / 2) * (1 - resized / (scale * size)) + halfPixel;
    case 'tf_half_pixel_for_nn':
      return (i + 0.5) / scale;
    case 'align_corners':
      return resized > 1 ? (i * (size - 1)) / (resized - 1) : 0;
    case 'tf_crop_and_resize': {
      const [start, end] = crop;
      return (size - 1) * (resized > 1 ? start + (i * (end - start)) / (resized - 1) : (start + end) / 2);
    }
    default:
      return undefined;
  }
}

/** The input element nearest to a place; a place in the middle goes the way that `nearest_mode` says. */
export function nearest(place: number, size: number, rounding: string): number {
  const rounded: Record<string, number> = {
    round_prefer_floor: Math.ceil(place - 0.5),
    round_prefer_ceil: Math.floor(place + 0.5),
    floor: Math.floor(place),
    ceil: Math.ceil(place),
  };
  return Math.min(Math.max(rounded[rounding], 0), size - 1);
}

const linear = (distance: number): number => Math.max(1 - Math.abs(distance), 0);

/** Keys' kernel (1981). */
function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/** The weight of every input element for a place. Elements beyond the ends are the last ones, unless they are left out. */
export function weightsAt(place: number, { size, scale }: Axis, options: Interpolation): number[] {
  const stretch = options.antialias ? Math.min(scale, 1) : 1;
  const reach = (options.mode === 'cubic' ? 2 : 1) / stretch;
  const weights = new Array<number>(size).fill(0);
  for (let i = Math.floor(place - reach) + 1; i < place + reach; i++) {
    const inside = i >= 0 && i < size;
    if (!inside && options.excludeOutside) continue;
    const distance = (i - place) * stretch;
    weights[Math.min(Math.max(i, 0), size - 1)] += options.mode === 'cubic' ? cubic(distance, options.cubic) : linear(distance);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
