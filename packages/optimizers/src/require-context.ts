/** What only some steps know: asked for by name. */
import type { UpdateContext } from '@gradus/core';
import { GradusError } from '@gradus/graph';

const HELP = {
  loss: { expected: 'the loss of this step', fix: 'Train a model that reports its loss.' },
  evaluate: {
    expected: 'a function from other parameters to loss and gradients of this batch',
    fix: 'Train with autodiff(): gradients by sampling, and accumulated ones, cannot be evaluated elsewhere.',
  },
} as const;

/** @throws `MISSING_CONTEXT`, naming the transform. */
export function requireContext<K extends keyof typeof HELP>(
  context: UpdateContext,
  transform: string,
  name: K,
): NonNullable<UpdateContext[K]> {
  const value = context[name];
  if (value === undefined) {
    throw new GradusError('MISSING_CONTEXT', { what: `${transform} needs \`${name}\` in its context`, received: 'none', ...HELP[name] });
  }
  return value;
}
