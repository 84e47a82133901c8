/** Scores of hits and misses. */
import type { Counts } from './counts.js';

/** Keeps a score of nothing at 0. */
const EPSILON = 1e-7;

/** The names of the counts that these scores read: what target and output share, and what only one of them has. */
export const AGREEMENT = ['both', 'onlyOutput', 'onlyTarget'] as const;

export const support = ({ both, onlyTarget }: Counts): number => both + onlyTarget;

export const precisionScore = ({ both, onlyOutput }: Counts): number => both / (both + onlyOutput + EPSILON);

export const recallScore = ({ both, onlyTarget }: Counts): number => both / (both + onlyTarget + EPSILON);

/** Shared among all there is (Jaccard, 1901). */
export const overlapScore = ({ both, onlyOutput, onlyTarget }: Counts): number => both / (both + onlyOutput + onlyTarget + EPSILON);

/** Weighted harmonic mean of precision and recall (van Rijsbergen, 1979). */
export const fBetaScore =
  (beta: number) =>
  (counts: Counts): number => {
    const [precision, recall] = [precisionScore(counts), recallScore(counts)];
    return ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall + EPSILON);
  };

/** What reports call it. */
export const fBetaName = (beta: number): string => (beta === 1 ? 'f1_score' : `f${beta}_score`);
