/** Parameters chosen by name. */
import { listNames, type Rule } from '@gradus/core';
import { GradusError } from '@gradus/graph';

/** A name, or a pattern where `*` stands for any characters, dots too: `encoder.*`. Or several of them, or a function of the name. */
export type NamePattern = string | readonly string[] | ((name: string) => boolean);

const isText = (v: unknown): boolean => typeof v === 'string' && v !== '';

export const namePattern: Rule = {
  expected: "a name or pattern such as 'encoder.*', a list of them, or a function (name) => boolean",
  accepts: (v) => typeof v === 'function' || isText(v) || (Array.isArray(v) && v.length > 0 && v.every(isText)),
};

/** The pattern as a function of names. */
export function matcher(pattern: NamePattern): (name: string) => boolean {
  if (typeof pattern === 'function') return pattern;
  const expressions = [pattern].flat().map((glob) => {
    const literal = glob.split('*').map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${literal.join('.*')}$`, 's');
  });
  return (name) => expressions.some((expression) => expression.test(name));
}

/** Throws `UNKNOWN_PARAMETER` for a pattern in words that no parameter matches: it is misspelt. */
export function checkMatches(owner: string, pattern: NamePattern, names: readonly string[]): void {
  if (typeof pattern === 'function' || names.length === 0) return;
  for (const glob of [pattern].flat()) {
    if (names.some(matcher(glob))) continue;
    throw new GradusError('UNKNOWN_PARAMETER', {
      what: `${owner} names parameters that the model does not have`,
      received: `'${glob}'`,
      expected: `a pattern for some of ${listNames(names)}`,
    });
  }
}
