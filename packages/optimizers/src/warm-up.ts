/** What schedules with a warm-up share. */
import type { Schedule } from '@gradus/core';
import { interpolations } from './pieces.js';

/** From initValue to peakValue in a straight line over warmupSteps (0 for none), then `rest`, which counts from there. */
export const warmUp =
  (
    { initValue, peakValue, warmupSteps }: { readonly initValue: number; readonly peakValue: number; readonly warmupSteps: number },
    rest: Schedule,
  ): Schedule =>
  (step) =>
    step < warmupSteps ? interpolations.linear(initValue, peakValue, step / warmupSteps) : rest(step - warmupSteps);
