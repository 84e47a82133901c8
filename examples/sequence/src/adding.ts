/** The adding problem: the sum of the two numbers of a sequence that are marked. Hochreiter and Schmidhuber (1997). */
import { asarray, randomKey, uniform, type NDArray } from 'gradus';

export interface Sequences {
  /** A number from 0 to 1 and its mark, 0 or 1, at every step: float32[n, steps, 2]. */
  readonly x: NDArray;
  /** The sum of the two marked numbers: float32[n, 1]. */
  readonly y: NDArray;
}

/** `n` sequences from `seed`, with a mark in the first half and one in the second. */
export function sequences(n: number, steps: number, seed: number): Sequences {
  const drawn = (uniform(randomKey(seed), [n, steps + 2]) as NDArray).data as Float32Array;
  const x = new Float32Array(n * steps * 2);
  const y = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const own = drawn.subarray(i * (steps + 2), (i + 1) * (steps + 2));
    for (let t = 0; t < steps; t++) x[(i * steps + t) * 2] = own[t];
    const half = Math.floor(steps / 2);
    for (const t of [Math.floor(own[steps] * half), half + Math.floor(own[steps + 1] * (steps - half))]) {
      x[(i * steps + t) * 2 + 1] = 1;
      y[i] += own[t];
    }
  }
  return { x: asarray(x, { shape: [n, steps, 2] }), y: asarray(y, { shape: [n, 1] }) };
}

/** The mean squared error of the best answer that does not look at the sequence: the mean sum of the training data. */
export function errorOfTheMean(train: Sequences, validation: Sequences): number {
  const [known, asked] = [train.y.data as Float32Array, validation.y.data as Float32Array];
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return asked.reduce((sum, value) => sum + (value - mean) ** 2, 0) / asked.length;
}
