/** Making something exactly once with a request that makes another each time it is sent. */
import { isMlflowError } from '../errors.js';
import { sleep, waitBefore } from './backoff.js';
import type { CallOptions, Transport } from './transport.js';

/** How to make it, and how to find what an earlier attempt made. */
export interface Once<T> {
  /** Sends the request, with a tag or name that `find` knows. */
  create(): Promise<T>;
  /** Looks for what `create` may have made. */
  find(): Promise<T | undefined>;
}

/**
 * Creates; where the fate of the attempt is unknown (a lost answer, a timeout, a 5xx), first searches for what it may have
 * made, and only then tries again.
 */
export async function once<T>(transport: Transport, { create, find }: Once<T>, options: CallOptions = {}): Promise<T> {
  const retries = options.retries ?? transport.retries;
  for (let attempt = 1; ; attempt++) {
    try {
      return await create();
    } catch (error) {
      if (!isMlflowError(error) || !error.uncertain || attempt > retries) throw error;
      await sleep(waitBefore(attempt, transport.backoff), options.signal);
      const found = await find();
      if (found !== undefined) return found;
    }
  }
}

/** The tag by which {@link once} finds what it made. */
export const CLIENT_TAG = 'mlflow-js-client.key';
