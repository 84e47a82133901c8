import { checkOptions, rules } from '@gradus/core';
import { add, multiply } from '@gradus/graph';
import { classMetric, classMetricRules, type ClassMetricOptions } from '../class-metric.js';
import type { Metric } from '../metric.js';

export interface FBetaOptions extends ClassMetricOptions {
  /** How many times as much recall counts as precision. Above 0; default: 1. */
  readonly beta?: number;
}

/**
 * Weighted harmonic mean of precision and recall, (1 + b²) TP / ((1 + b²) TP + b² FN + FP) with b = beta; 0 where a class neither occurs nor
 * is predicted. van Rijsbergen (1979).
 *
 * Outputs: float [batch, …] with targets (bool, or 0 and 1) of the same shape, or [batch, …, classes] with integer labels [batch, …].
 * @throws `INVALID_ARGUMENT`.
 * @example fBetaWith({ beta: 2, average: 'macro' });
 */
export function fBetaWith(options: FBetaOptions = {}): Metric {
  checkOptions('fBetaWith', options, { ...classMetricRules, beta: rules.positive });
  const { beta = 1, ...others } = options;
  const square = beta ** 2;
  const name = beta === 1 ? 'f1' : `f${beta}`;
  return classMetric('fBetaWith', name, 'max', others, ({ truePositives, falsePositives, falseNegatives }) => {
    const right = multiply(truePositives, 1 + square);
    return [right, add(right, add(multiply(falseNegatives, square), falsePositives))];
  });
}

/** {@link fBetaWith} with a beta of 1. */
export const f1: Metric = fBetaWith();
