/** Nested configuration as params: one text for each leaf, named by the way to it. */

/** Names of values that nobody wants to find on a page that a team reads. */
const SECRET = /(^|[^a-z])(password|passwd|secret|token|credentials?|api_?key|access_?key|private_?key|authorization)([^a-z]|$)/i;

/** How such names are told apart from those of numbers: `maxTokens` is no secret, `apiToken` is one. */
const words = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

/**
 * `{ optimizer: { rate: 0.1 }, layers: [2, 3] }` becomes `optimizer.rate` and `layers`. Lists and arrays of plain values stay one param;
 * objects in lists are numbered. The values of names such as `password`, `apiKey` and `token` become `***`.
 */
export function flatten(config: unknown, prefix = ''): Record<string, unknown> {
  const leaves: Record<string, unknown> = {};
  const seen = new Set<object>();
  const visit = (value: unknown, path: string): void => {
    const name = path.slice(path.lastIndexOf('.') + 1);
    if (SECRET.test(words(name))) leaves[path] = '***';
    else if (isBranch(value)) {
      // What contains itself has no end.
      if (seen.has(value)) return;
      seen.add(value);
      for (const [key, item] of Object.entries(value)) visit(item, path === '' ? key : `${path}.${key}`);
      seen.delete(value);
    } else if (typeof value !== 'function' && value !== undefined) leaves[path] = value;
  };
  visit(config, prefix);
  return leaves;
}

const isPlain = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
};

const isBranch = (value: unknown): value is object =>
  Array.isArray(value) ? value.some((item) => typeof item === 'object' && item !== null) : isPlain(value);
