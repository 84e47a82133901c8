/** What trains a model: gradients and what an optimizer makes of them, or proposals. */
import { GradusError } from '@gradus/graph';
import type { GradientEstimator } from '../contracts/gradient-estimator.js';
import type { GradientTransform } from '../contracts/gradient-transform.js';
import type { Proposer } from '../contracts/proposer.js';
import { isReference } from '../factories.js';
import type { Registry } from '../registry.js';
import type { TrainerOptions } from './options.js';

export type Learner =
  | { readonly kind: 'gradient'; readonly optimizer: GradientTransform; readonly gradient: GradientEstimator }
  | { readonly kind: 'proposer'; readonly optimizer: Proposer };

/** @throws `UNKNOWN_NAME`; `INVALID_ARGUMENT` for a gradient that is missing, or that nobody would ask. */
export function resolveLearner(registry: Registry, { optimizer, gradient }: Pick<TrainerOptions, 'optimizer' | 'gradient'>): Learner {
  if (proposes(registry, optimizer)) {
    if (gradient !== undefined) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: 'A proposer makes no use of a gradient',
        received: 'both',
        expected: 'a proposer as `optimizer`, and no `gradient`',
        fix: 'Leave out `gradient`, or choose an optimizer that follows gradients.',
      });
    }
    return { kind: 'proposer', optimizer: registry.resolve('proposer', optimizer as Proposer) };
  }
  if (gradient === undefined) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: "Trainer needs the option 'gradient'",
      received: 'nothing',
      expected: 'a gradient estimator, or its name',
      fix: 'For instance autodiff() of @gradus/gradients.',
    });
  }
  return {
    kind: 'gradient',
    optimizer: registry.resolve('optimizer', optimizer as GradientTransform),
    gradient: registry.resolve('gradient', gradient),
  };
}

function proposes(registry: Registry, optimizer: unknown): boolean {
  if (!isReference(optimizer)) return typeof (optimizer as Partial<Proposer> | null | undefined)?.propose === 'function';
  return registry.names('proposer').includes(typeof optimizer === 'string' ? optimizer : optimizer.use);
}
