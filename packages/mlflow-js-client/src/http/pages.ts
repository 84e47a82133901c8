/** Answers that come page by page, as one stream of items. */
import { MlflowError } from '../errors.js';

/** One page: its items, and the token of the next one if there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly token: string | undefined;
}

/**
 * All items of all pages. Pages are asked for as they are needed, so breaking out of the loop asks for no more.
 *
 * @throws `UNEXPECTED_RESPONSE` where a server names the same next page again and again, as some do.
 */
export async function* pages<T>(read: (token: string | undefined) => Promise<Page<T>>): AsyncGenerator<T, void, undefined> {
  let token: string | undefined;
  do {
    const page = await read(token);
    yield* page.items;
    const next = page.token === '' ? undefined : page.token;
    if (next !== undefined && next === token) {
      throw new MlflowError('UNEXPECTED_RESPONSE', {
        what: 'The server names the same next page twice',
        received: `page token '${next}'`,
        expected: 'another token, or none',
        fix: 'MLflow 3.4 to 3.13 do this where a page has no size; update the server if it happens elsewhere.',
      });
    }
    token = next;
  } while (token !== undefined);
}

/**
 * The items of a stream as a list, at most `limit` of them.
 *
 * @example
 * const newest = await toArray(client.runs.search({ experimentIds: ['1'], orderBy: ['start_time DESC'] }), 10);
 */
export async function toArray<T>(items: AsyncIterable<T>, limit = Infinity): Promise<T[]> {
  const list: T[] = [];
  if (limit <= 0) return list;
  for await (const item of items) {
    list.push(item);
    if (list.length >= limit) break;
  }
  return list;
}
