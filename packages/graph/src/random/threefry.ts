/**
 * Threefry-2x32, 20 rounds: two words of random bits from a key and a counter, by additions, rotations and exclusive ors.
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011). The same function as JAX's.
 */

/** Arithmetic modulo 2^32 on whatever holds the words: numbers, or tensors of them. */
export interface Words<T> {
  add(a: T, b: T): T;
  xor(a: T, b: T): T;
  rotateLeft(a: T, bits: number): T;
  constant(value: number): T;
}

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

export function threefry<T>(w: Words<T>, key: readonly [T, T], counter: readonly [T, T]): [T, T] {
  const schedule = [key[0], key[1], w.xor(w.xor(key[0], key[1]), w.constant(0x1bd11bda))];
  let x0 = w.add(counter[0], schedule[0]);
  let x1 = w.add(counter[1], schedule[1]);
  for (let group = 0; group < 5; group++) {
    for (const bits of ROTATIONS[group % 2]) {
      x0 = w.add(x0, x1);
      x1 = w.xor(w.rotateLeft(x1, bits), x0);
    }
    x0 = w.add(x0, schedule[(group + 1) % 3]);
    x1 = w.add(x1, w.add(schedule[(group + 2) % 3], w.constant(group + 1)));
  }
  return [x0, x1];
}

/** The words as JavaScript numbers from 0 to 2^32 - 1. */
export const numberWords: Words<number> = {
  add: (a, b) => (a + b) >>> 0,
  xor: (a, b) => (a ^ b) >>> 0,
  rotateLeft: (a, bits) => ((a << bits) | (a >>> (32 - bits))) >>> 0,
  constant: (value) => value,
};
