/** What a thread of its own can do just as this one would: options that can be copied, and a `fetch` that nobody has changed here. */

/** Numbers, texts, lists and plain objects: the copy of anything else is another thing. */
export function isPlain(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  return plain && Object.values(value).every(isPlain);
}

/** As it was when this was loaded. */
const loaded = globalThis.fetch;

/**
 * Whether `fetch` asks servers as it does in a new thread: neither replaced nor given a proxy, certificates or the like by the library
 * undici, whose `setGlobalDispatcher` the built-in `fetch` follows.
 */
export function isFetchUntouched(): boolean {
  return globalThis.fetch === loaded && isDefault((globalThis as Record<symbol, unknown>)[Symbol.for('undici.globalDispatcher.1')]);
}

/** The dispatcher that Node makes by itself, for the first request, is an agent without any option. */
function isDefault(dispatcher: unknown): boolean {
  if (typeof dispatcher !== 'object' || dispatcher === null) return true;
  const symbol = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === 'options');
  const options: unknown = symbol && (dispatcher as Record<symbol, unknown>)[symbol];
  if (dispatcher.constructor.name !== 'Agent' || typeof options !== 'object' || options === null) return false;
  return Object.values(options).every((value) => value === undefined);
}
