/** Which errors a later attempt can mend, which are about what was sent, and how to find the one item that a server refuses. */
import { isMlflowError, type MlflowError } from '../errors.js';
import { TRANSIENT } from '../http/failures.js';

/** The server is away, busy or not itself: everything may be well later. */
export const isTransient = (error: unknown): boolean =>
  isMlflowError(error) &&
  (['CONNECTION_FAILED', 'TIMEOUT', 'UNEXPECTED_RESPONSE'].includes(error.code) || TRANSIENT.includes(error.status ?? 0));

/** The server understood, and will never take this. */
export const isRefusal = (error: unknown): error is MlflowError => isMlflowError(error) && [400, 413, 422].includes(error.status ?? 0);

/** The server has no such endpoint: it is too old for this. */
export const isUnknown = (error: unknown): boolean => isMlflowError(error, 'ENDPOINT_NOT_FOUND');

/**
 * Sends items together; where the server refuses them, in halves, until those that it refuses are alone.
 *
 * @param splits Whether an error may be about the items; may look into it first, and throw.
 * @returns The refused ones, each with its error.
 */
export async function sendSplitting<T>(
  items: readonly T[],
  send: (items: readonly T[]) => Promise<void>,
  splits: (error: unknown) => boolean | Promise<boolean> = isRefusal,
): Promise<{ readonly item: T; readonly error: MlflowError }[]> {
  if (items.length === 0) return [];
  try {
    await send(items);
    return [];
  } catch (error) {
    if (!(await splits(error))) throw error;
    if (items.length === 1) return [{ item: items[0], error: error as MlflowError }];
    const middle = items.length >> 1;
    return [...(await sendSplitting(items.slice(0, middle), send, splits)), ...(await sendSplitting(items.slice(middle), send, splits))];
  }
}
