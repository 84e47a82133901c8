/** The sign of every element: steps of one size. */
import type { GradientTransform } from '@gradus/core';
import { sign } from '@gradus/graph';
import { perParameter } from '../per-parameter.js';

/**
 * u = sign(g): -1, 0 or 1. Keeps no state.
 * Source: Bernstein et al., "signSGD: compressed optimisation for non-convex problems" (ICML 2018).
 */
export const scaleBySign = (): GradientTransform => ({
  name: 'scaleBySign',
  init: () => ({}),
  update: (gradients, state) => [perParameter(gradients, (g) => sign(g)), state],
});
