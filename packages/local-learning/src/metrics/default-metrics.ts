import { localAccuracy, taughtAccuracy } from './accuracies.js';
import type { LocalMetric } from './local-metric.js';
import { flips, overlap } from './overlaps.js';
import { saturation } from './saturation.js';
import { clampedSteps, freeSteps, inferenceSteps } from './steps.js';
import { unsatisfied } from './unsatisfied.js';

/** All of them: those that cost next to nothing in training steps, too. */
export const defaultMetrics: readonly LocalMetric[] = Object.freeze([
  localAccuracy,
  taughtAccuracy,
  unsatisfied,
  overlap,
  flips,
  saturation,
  clampedSteps,
  freeSteps,
  inferenceSteps,
]);
