/** Points on two rings, one inside of the other. */
import { asarray, normal, randomKey, type NDArray } from 'gradus';

/** `count` points, every second one on the outer ring: x float32[n, 2], y int32[n]. */
export function rings(count: number, seed: number): { readonly x: NDArray; readonly y: NDArray } {
  const noise = (normal(randomKey(seed), [count, 2]) as NDArray).data;
  const points = Array.from({ length: count }, (_, i) => {
    const [angle, radius] = [(2 * Math.PI * i) / count, 0.5 + 0.5 * (i % 2)];
    return [radius * Math.cos(angle) + 0.1 * Number(noise[2 * i]), radius * Math.sin(angle) + 0.1 * Number(noise[2 * i + 1])];
  });
  return {
    x: asarray(points),
    y: asarray(
      points.map((_, i) => i % 2),
      { dtype: 'int32' },
    ),
  };
}
