/** Sweeps until a batch had settled, the one that found nothing to change among them; at most those of the phase. */
import { cast, type Tensor } from '@gradus/graph';
import type { LocalMetric, Observation } from './local-metric.js';

const steps = (name: string, training: boolean, of: (observation: Observation) => Tensor): LocalMetric => ({
  name,
  direction: 'min',
  training,
  measure: (observation) => cast(of(observation), observation.dynamics.setting.dtype),
});

/** `clampedSteps`: of the phase with labels. */
export const clampedSteps = steps('clampedSteps', true, ({ lesson }) => lesson.steps.clamped);

/** `freeSteps`: of the phase without. */
export const freeSteps = steps('freeSteps', true, ({ lesson }) => lesson.steps.free);

/** `inferenceSteps`: of inference. In evaluations only. */
export const inferenceSteps = steps('inferenceSteps', false, ({ inference }) => inference.steps);
