/** Numbers as functions of free sizes: sums of products of sizes, each size at most once in a product (a + b n + c t + d n t). */
import type { FreeSize, Point } from './free-sizes.js';

/** One term: the sizes that are multiplied, and the factor of each number. */
interface Term {
  readonly sizes: readonly string[];
  readonly factors: readonly number[];
}

/** Terms without those whose factors are all 0. The first has no sizes when it is there. */
export type SizeFunction = readonly Term[];

/**
 * The function that gives `values[k]` at the k-th point: the first points are all combinations of two sizes each, the others test it.
 * @returns `null` where no such function with whole factors gives every value.
 */
export function fit(free: readonly FreeSize[], points: readonly Point[], values: readonly (readonly number[])[]): SizeFunction | null {
  const corners = 2 ** free.length;
  const rows = values.slice(0, corners).map((row) => [...row]);
  free.forEach(({ name }, i) => {
    const bit = 1 << i;
    const [low, high] = [points[0][name], points[bit][name]];
    for (let mask = 0; mask < corners; mask++) {
      if ((mask & bit) === 0) continue;
      const [base, row] = [rows[mask ^ bit], rows[mask]];
      for (let j = 0; j < row.length; j++) {
        row[j] = (row[j] - base[j]) / (high - low);
        base[j] -= row[j] * low;
      }
    }
  });
  const terms = rows
    .map((factors, mask): Term => ({ sizes: free.filter((_, i) => (mask & (1 << i)) !== 0).map(({ name }) => name), factors }))
    .filter(({ factors }) => factors.some((factor) => factor !== 0));
  if (!terms.every(({ factors }) => factors.every(Number.isInteger))) return null;
  const tested = points.slice(corners).every((point, k) => {
    const wanted = values[corners + k];
    return valuesAt(terms, point, wanted.length).every((value, j) => value === wanted[j]);
  });
  return tested ? terms : null;
}

/** The `count` values of a function at a point. */
function valuesAt(terms: SizeFunction, point: Point, count: number): number[] {
  const values = new Array<number>(count).fill(0);
  for (const { sizes, factors } of terms) {
    const product = sizes.reduce((total, name) => total * point[name], 1);
    for (let j = 0; j < count; j++) values[j] += factors[j] * product;
  }
  return values;
}

/** The j-th number as a function of its own. */
export const elementOf = (terms: SizeFunction, j: number): SizeFunction =>
  terms.filter(({ factors }) => factors[j] !== 0).map(({ sizes, factors }) => ({ sizes, factors: [factors[j]] }));

/** A function of one value as text, as shapes have it: `batch`, `2*batch*time + 1`. */
export function textOf(terms: SizeFunction): string {
  const texts = terms.map(({ sizes, factors: [factor] }) => {
    const parts = factor === 1 && sizes.length > 0 ? sizes : [String(factor), ...sizes];
    return parts.join('*');
  });
  // What is constant is usually said last.
  const [first, ...others] = terms.length > 0 && terms[0].sizes.length === 0 ? [...texts.slice(1), texts[0]] : texts;
  return first === undefined ? '0' : [first, ...others].join(' + ');
}
