/** Version ranges as plugins write them: `^1.2.3`, `~1.2.3`, `>=1.2.3`, `1.2.3`, `*`, joined by spaces (and) or `||` (or). */

type Version = readonly [number, number, number];

function parse(text: string): Version | null {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(text.trim());
  return match && [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
}

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** The first version that a caret or tilde range excludes. A caret keeps the leftmost number that is not 0. */
function ceiling(operator: string, [major, minor, patch]: Version): Version {
  if (operator === '~') return [major, minor + 1, 0];
  if (major > 0) return [major + 1, 0, 0];
  return minor > 0 ? [0, minor + 1, 0] : [0, 0, patch + 1];
}

function meets(version: Version, comparator: string): boolean | null {
  if (comparator === '*') return true;
  const match = /^(\^|~|>=|<=|>|<|=)?(.+)$/.exec(comparator);
  const bound = match && parse(match[2]);
  if (!match || !bound) return null;
  const order = compare(version, bound);
  switch (match[1]) {
    case '^':
    case '~':
      return order >= 0 && compare(version, ceiling(match[1], bound)) < 0;
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    default:
      return order === 0;
  }
}

/** Whether `version` lies in `range`; `null` when the range cannot be read. Pre-release tags count as their release. */
export function satisfies(version: string, range: string): boolean | null {
  const own = parse(version);
  if (own === null || range.trim() === '') return null;
  let any = false;
  for (const alternative of range.split('||')) {
    const answers = alternative
      .trim()
      .split(/\s+/)
      .map((comparator) => meets(own, comparator));
    if (answers.includes(null)) return null;
    any ||= answers.every((answer) => answer === true);
  }
  return any;
}
