/** What piecewise schedules share: values at boundaries, and ways from one to the next. */
import type { Rule, Schedule } from '@gradus/core';

/** By step, the factor that the value is multiplied with there. */
export type BoundariesAndScales = Readonly<Record<number, number>>;

export const boundariesAndScales: Rule = {
  expected: 'a record from steps (whole numbers of 0 or more) to factors (finite numbers of 0 or more)',
  accepts: (v) =>
    typeof v === 'object' &&
    v !== null &&
    Object.entries(v).every(([step, scale]) => /^\d+$/.test(step) && typeof scale === 'number' && Number.isFinite(scale) && scale >= 0),
};

/** A step, and the value from there on or at it. */
export type Piece = readonly [step: number, value: number];

/** Steps with the values that the products of all factors so far give, in order; begins with step 0. */
export function piecesOf(initValue: number, scales: readonly Piece[]): Piece[] {
  let value = initValue;
  const ordered = [...scales].sort(([a], [b]) => a - b);
  return [[0, initValue], ...ordered.map(([step, scale]): Piece => [step, (value *= scale)])];
}

/** A share of one value and the rest of the other: no difference of the two, which would lose the digits of the smaller. */
export const mixed = (from: number, to: number, shareOfFrom: number): number => from * shareOfFrom + to * (1 - shareOfFrom);

/** Ways from one value to the next, the share going from 0 to 1. */
export const interpolations = {
  linear: (from: number, to: number, share: number): number => mixed(from, to, 1 - share),
  cosine: (from: number, to: number, share: number): number => mixed(from, to, (Math.cos(Math.PI * share) + 1) / 2),
} as const;

/** Through all pieces; after the last one its value. */
export const interpolated =
  (way: keyof typeof interpolations, pieces: readonly Piece[]): Schedule =>
  (step) => {
    const next = pieces.findIndex(([at]) => step < at);
    if (next === -1) return pieces[pieces.length - 1][1];
    const [[from, low], [to, high]] = [pieces[next - 1], pieces[next]];
    return interpolations[way](low, high, (step - from) / (to - from));
  };
