/** Three interleaved spirals: the classic picture of classes that no straight line separates. */
import { asarray, normal, randomKey, type NDArray } from 'gradus';

export const CLASSES = 3;

export interface Spirals {
  /** Points in the plane, about within the unit circle: float32[n, 2]. */
  readonly x: NDArray;
  /** The spiral of each point, 0 to 2: int32[n]. */
  readonly y: NDArray;
}

/** `perClass` points on each spiral, with a little noise from `seed`. */
export function spirals(perClass: number, seed: number): Spirals {
  const noise = normal(randomKey(seed), [CLASSES * perClass]) as NDArray;
  const points: number[][] = [];
  const labels: number[] = [];
  for (let label = 0; label < CLASSES; label++) {
    for (let i = 0; i < perClass; i++) {
      const radius = 0.1 + (0.9 * i) / perClass;
      const angle = (2 * Math.PI * label) / CLASSES + 5 * radius + 0.08 * Number(noise.data[points.length]);
      points.push([radius * Math.cos(angle), radius * Math.sin(angle)]);
      labels.push(label);
    }
  }
  return { x: asarray(points), y: asarray(labels, { dtype: 'int32' }) };
}
