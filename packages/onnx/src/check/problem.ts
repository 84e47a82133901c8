/** What a check of a model found. */

export interface Problem {
  /** What it is about: the file as such, names and what they stand for, the operators of a set, or types and shapes. */
  readonly kind: 'file' | 'names' | 'operators' | 'types';
  /** The node as messages name it; `null` where no single one is at fault. */
  readonly node: string | null;
  readonly message: string;
}

export type Report = (problem: Problem) => void;
