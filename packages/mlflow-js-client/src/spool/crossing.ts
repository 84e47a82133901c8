/** What a thread of its own can do just as this one would: options that can be copied, and a `fetch` that nobody has changed here. */

import { isDeepStrictEqual } from 'node:util';

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

/** Where the built-in `fetch` and the library undici look for what sends their requests. */
const DISPATCHERS = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'];

/**
 * Whether `fetch` asks servers as it does in a new thread: neither replaced nor given a proxy, certificates or the like by
 * `setGlobalDispatcher` of undici.
 */
export function isFetchUntouched(): boolean {
  const globals = globalThis as Readonly<Record<symbol, unknown>>;
  return globalThis.fetch === loaded && DISPATCHERS.every((name) => isDefault(globals[Symbol.for(name)]));
}

/** Node makes an agent without options when it is needed first: one like any other that is made so. */
function isDefault(dispatcher: unknown): boolean {
  if (typeof dispatcher !== 'object' || dispatcher === null) return true;
  if (dispatcher.constructor.name !== 'Agent') return false;
  const Agent = dispatcher.constructor as new () => object;
  return isDeepStrictEqual(traits(dispatcher), traits(new Agent()));
}

/** What tells an agent from another: the rest is what it has done. */
const traits = (agent: object): unknown[] => {
  const hidden = Object.getOwnPropertySymbols(agent).filter(({ description }) => description === 'options' || description === 'factory');
  const values = agent as Readonly<Record<PropertyKey, unknown>>;
  return [values.dispatch, ...hidden.map((symbol) => values[symbol])];
};
