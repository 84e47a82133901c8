/** The checks of arguments that every part of this package shares. */
import { didYouMean, listNames } from '@gradus/core';
import { GradusError } from '@gradus/graph';

/** A row of numbers: a typed array or a plain list. Results are always `Float64Array`. */
export type Vector = ArrayLike<number>;

export const invalid = (what: string, received: string, expected: string, fix?: string): GradusError =>
  new GradusError('INVALID_ARGUMENT', { what, received, expected, fix });

export const sizeError = (what: string, received: string, expected: string): GradusError =>
  new GradusError('SHAPE_MISMATCH', { what, received, expected });

export function requireSize(name: string, vector: Vector, size: number): void {
  if (vector.length !== size) throw sizeError(`${name} has another size`, `${vector.length} numbers`, `${size}`);
}

/** Throws unless all lists, given by name, are of one size. */
export function requireSameSize(owner: string, vectors: Readonly<Record<string, { readonly length: number }>>): void {
  const entries = Object.entries(vectors);
  if (entries.some(([, { length }]) => length !== entries[0][1].length)) {
    throw sizeError(
      `${owner}: ${listNames(entries.map(([name]) => name))} must have the same size`,
      entries.map(([name, { length }]) => `${name} of ${length}`).join(', '),
      'equal sizes',
    );
  }
}

export function requireNotEmpty(owner: string, vector: Vector): void {
  if (vector.length === 0) throw sizeError(`${owner} needs at least one number`, 'none', 'one or more');
}

export function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) throw invalid(`${name} must be a number`, String(value), 'a finite number');
}

export function requireInteger(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw invalid(`${name} is not usable`, String(value), `an integer of ${least} or more`);
  }
}

/** Number of branches where too few become 2 and fractions are cut off, as nodes and projectors have it. */
export function clampBranches(branches: number): number {
  requireFinite('branches', branches);
  return Math.max(2, Math.trunc(branches));
}

export const unknownName = (kind: string, name: string, known: readonly string[]): GradusError =>
  new GradusError('UNKNOWN_NAME', {
    what: `There is no ${kind} named '${name}'`,
    received: `'${name}'`,
    expected: `one of ${listNames(known)}`,
    fix: didYouMean(name, known),
  });
