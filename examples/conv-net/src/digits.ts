/** Digits as if written by hand: strokes that are bent, turned, shifted, drawn thick or thin, and covered with noise. */
import { asarray, randomKey, split, uniform, type NDArray } from 'gradus';

export const CLASSES = 10;
export const SIDE = 28;

export interface Digits {
  /** Brightness of the pixels, from 0 to 1: float32[n, 1, 28, 28]. */
  readonly x: NDArray;
  /** The digit of each image: int32[n]. */
  readonly y: NDArray;
}

type Point = readonly [x: number, y: number];

/** An ellipse's line; angles in turns, clockwise from the right. */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Point[] {
  const angle = (i: number): number => 2 * Math.PI * (from + ((to - from) * i) / 12);
  return Array.from({ length: 13 }, (_, i) => [cx + rx * Math.cos(angle(i)), cy + ry * Math.sin(angle(i))]);
}

/** The lines of every digit in a square of side 1, y downwards. */
// prettier-ignore
const STROKES: readonly (readonly (readonly Point[])[])[] = [
  [arc(0.5, 0.5, 0.27, 0.42, 0, 1)],
  [[[0.34, 0.26], [0.53, 0.08], [0.53, 0.92]]],
  [[...arc(0.5, 0.31, 0.25, 0.23, 0.5, 1.1), [0.24, 0.92], [0.78, 0.92]]],
  [[...arc(0.48, 0.29, 0.24, 0.21, 0.55, 1.25), ...arc(0.48, 0.71, 0.27, 0.21, 0.75, 1.45)]],
  [[[0.62, 0.92], [0.62, 0.08], [0.22, 0.66], [0.8, 0.66]]],
  [[[0.74, 0.08], [0.32, 0.08], [0.29, 0.47], ...arc(0.5, 0.66, 0.27, 0.26, 0.62, 1.42)]],
  [[...arc(0.72, 0.64, 0.45, 0.55, 0.72, 0.5), ...arc(0.5, 0.69, 0.23, 0.23, 0.5, 1.5)]],
  [[[0.23, 0.1], [0.77, 0.1], [0.42, 0.92]]],
  [arc(0.5, 0.29, 0.21, 0.2, 0.25, 1.25), arc(0.5, 0.71, 0.25, 0.22, 0.75, 1.75)],
  [arc(0.5, 0.31, 0.23, 0.23, 0, 1), arc(0.28, 0.36, 0.45, 0.56, 0, 0.22)],
];

/** How one digit is written: numbers from 0 to 1. */
type Hand = ArrayLike<number>;
const HAND = 10;

/** `n` digits, each as often as any other, from `seed`. */
export function digits(n: number, seed: number): Digits {
  const [hands, noise] = split(randomKey(seed)) as NDArray[];
  const hand = (uniform(hands, [n, HAND]) as NDArray).data as Float32Array;
  const pixels = Float32Array.from((uniform(noise, [n, SIDE * SIDE]) as NDArray).data as Float32Array, (u) => 0.35 * u);
  for (let i = 0; i < n; i++) {
    draw(STROKES[i % CLASSES], hand.subarray(i * HAND, (i + 1) * HAND), pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
  }
  return { x: asarray(pixels, { shape: [n, 1, SIDE, SIDE] }), y: asarray(Int32Array.from({ length: n }, (_, i) => i % CLASSES)) };
}

/** Adds the strokes to an image, as ink that is darkest in the middle of the line. */
function draw(strokes: readonly (readonly Point[])[], hand: Hand, image: Float32Array): void {
  const width = 0.8 + 1.2 * hand[0];
  const ink = 0.55 + 0.45 * hand[1];
  const place = placing(hand);
  for (let row = 0; row < SIDE; row++) for (let column = 0; column < SIDE; column++) image[row * SIDE + column] *= 1 - 0.3 * ink;
  for (const stroke of strokes) {
    const points = stroke.map(place);
    for (let i = 1; i < points.length; i++) drawLine(points[i - 1], points[i], width, ink, image);
  }
}

/** From the square of the strokes to pixels: bent by a wave, stretched, slanted, turned, shifted. */
function placing(hand: Hand): (point: Point) => Point {
  const between = (low: number, high: number, u: number): number => low + (high - low) * u;
  const [wave, phase] = [between(-0.07, 0.07, hand[2]), 2 * Math.PI * hand[3]];
  const [wide, high] = [between(13, 20, hand[4]), between(17, 22, hand[5])];
  const slant = between(-0.25, 0.25, hand[6]);
  const turn = between(-0.25, 0.25, hand[7]);
  const [right, down] = [between(-3, 3, hand[8]), between(-2.5, 2.5, hand[9])];
  return ([x, y]) => {
    const bent = x - 0.5 + wave * Math.sin(2 * Math.PI * y + phase);
    const [a, b] = [wide * (bent - slant * (y - 0.5)), high * (y - 0.5 + wave * Math.cos(2 * Math.PI * x + phase))];
    const middle = (SIDE - 1) / 2;
    return [middle + right + a * Math.cos(turn) - b * Math.sin(turn), middle + down + a * Math.sin(turn) + b * Math.cos(turn)];
  };
}

function drawLine([ax, ay]: Point, [bx, by]: Point, width: number, ink: number, image: Float32Array): void {
  const [dx, dy] = [bx - ax, by - ay];
  // Where two arcs meet, a line has no length.
  const squared = dx * dx + dy * dy || 1;
  const from = (a: number, b: number): number => Math.max(0, Math.ceil(Math.min(a, b) - width - 1));
  const to = (a: number, b: number): number => Math.min(SIDE - 1, Math.floor(Math.max(a, b) + width + 1));
  for (let row = from(ay, by); row <= to(ay, by); row++) {
    for (let column = from(ax, bx); column <= to(ax, bx); column++) {
      const along = Math.min(1, Math.max(0, ((column - ax) * dx + (row - ay) * dy) / squared));
      const distance = Math.hypot(column - ax - along * dx, row - ay - along * dy);
      const at = row * SIDE + column;
      image[at] = Math.max(image[at], ink * Math.min(1, Math.max(0, width + 0.5 - distance)));
    }
  }
}
