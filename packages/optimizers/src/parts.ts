/** What transforms made of others share: the names of the parts' hyperparameters, and each part's own context. */
import type { Hyperparameters, UpdateContext } from '@gradus/core';
import { GradusError } from '@gradus/graph';

export interface Part {
  /** Tells this part's hyperparameters from those of the others: `<key>.<name>`. */
  readonly key: string;
  readonly hyperparameters?: Hyperparameters;
}

export interface Parts {
  /** Those of all parts. A name that one part alone declares stays bare; a shared one becomes `<key>.<name>` for each. */
  readonly hyperparameters: Hyperparameters;
  /** The context with exactly the hyperparameters of part `i`, by its own names. */
  contextOf(context: UpdateContext, i: number): UpdateContext;
}

/** @throws `INVALID_ARGUMENT` when keys with dots make one name out of two. */
export function partsOf(parts: readonly Part[]): Parts {
  const names = outerNames(parts);
  return {
    hyperparameters: Object.fromEntries(
      parts.flatMap(({ hyperparameters = {} }, i) =>
        Object.entries(hyperparameters).map(([own, value]) => [names[i].get(own)!, value] as const),
      ),
    ),
    contextOf: (context, i) => ({
      ...context,
      hyperparameters: Object.fromEntries(
        [...names[i]].filter(([, outer]) => outer in context.hyperparameters).map(([own, outer]) => [own, context.hyperparameters[outer]]),
      ),
    }),
  };
}

/** For each part, its own names with the names they have outside. */
function outerNames(parts: readonly Part[]): Map<string, string>[] {
  const prefixed = new Set<string>();
  const result = (): Map<string, string>[] =>
    parts.map(
      ({ key, hyperparameters = {} }) =>
        new Map(Object.keys(hyperparameters).map((own) => [own, prefixed.has(own) ? `${key}.${own}` : own])),
    );
  for (;;) {
    const names = result();
    const seen = new Map<string, string>();
    const before = prefixed.size;
    let twice: string | undefined;
    // Twice at most per nesting: a nested chain's `0.learningRate` can equal a name that prefixing has just made.
    for (const map of names) {
      for (const [own, outer] of map) {
        if (seen.has(outer)) {
          prefixed.add(own).add(seen.get(outer)!);
          twice = outer;
        } else seen.set(outer, own);
      }
    }
    if (twice === undefined) return names;
    if (prefixed.size === before) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: `Two hyperparameters of nested transforms would both be named '${twice}'`,
        received: parts.map(({ key }) => `'${key}'`).join(', '),
        expected: 'labels that tell them apart',
        fix: 'Choose labels without dots.',
      });
    }
  }
}
