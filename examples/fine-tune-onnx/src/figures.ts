/** Three figures that the network has never seen: an arc, a corner and an arrow, turned, shifted, drawn thick or thin, with noise. */
import { asarray, randomKey, split, uniform, type NDArray } from 'gradus';

export const CLASSES = ['arc', 'corner', 'arrow'];
const SIDE = 24;

export interface Figures {
  /** Brightness of the pixels, from 0 to 1: float32[n, 1, 24, 24]. */
  readonly x: NDArray;
  /** The figure of each image: int32[n]. */
  readonly y: NDArray;
}

/** How far a place is from the lines of each figure of radius `r`, in pixels. */
const distances: readonly ((x: number, y: number, r: number) => number)[] = [
  (x, y, r) => (y < 0 ? Math.abs(Math.hypot(x, y) - r) : Math.hypot(Math.abs(x) - r, y)),
  (x, y, r) => Math.min(toLine(x, y, -0.7 * r, -0.8 * r, -0.7 * r, 0.8 * r), toLine(x, y, -0.7 * r, 0.8 * r, 0.8 * r, 0.8 * r)),
  (x, y, r) => Math.min(toLine(x, y, 0, -r, 0, r), toLine(x, y, 0, -r, -0.6 * r, -0.3 * r), toLine(x, y, 0, -r, 0.6 * r, -0.3 * r)),
];

function toLine(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** `n` figures, each as often as any other, from `seed`. */
export function figures(n: number, seed: number): Figures {
  const [hands, noise] = split(randomKey(seed)) as NDArray[];
  const hand = (uniform(hands, [n, 5]) as NDArray).data as Float32Array;
  const pixels = Float32Array.from((uniform(noise, [n, SIDE * SIDE]) as NDArray).data as Float32Array, (u) => 0.3 * u);
  for (let i = 0; i < n; i++) {
    const [turn, size, right, down, ink] = hand.subarray(5 * i, 5 * i + 5);
    const [angle, r] = [0.8 * turn - 0.4, 5 + 4 * size];
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (let at = 0; at < SIDE * SIDE; at++) {
      const [dx, dy] = [(at % SIDE) - 8.5 - 6 * right, Math.floor(at / SIDE) - 8.5 - 6 * down];
      const distance = distances[i % CLASSES.length](dx * cos + dy * sin, dy * cos - dx * sin, r);
      const drawn = Math.min(1, Math.max(0, 1.5 - distance)) * (0.6 + 0.4 * ink);
      pixels[i * SIDE * SIDE + at] = Math.max(pixels[i * SIDE * SIDE + at], drawn);
    }
  }
  return { x: asarray(pixels, { shape: [n, 1, SIDE, SIDE] }), y: asarray(Int32Array.from({ length: n }, (_, i) => i % CLASSES.length)) };
}
