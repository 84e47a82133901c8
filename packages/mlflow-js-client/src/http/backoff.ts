/** How long to wait before trying again. */

/** Doubling from 1 s to at most `limit`, with up to a second of jitter so that many clients do not come back at once. */
export interface Backoff {
  /** Before the first retry, in milliseconds. Default: 1000. */
  readonly first?: number;
  /** The longest wait, in milliseconds. Default: 60 000. */
  readonly limit?: number;
  /** Random part added to each wait, in milliseconds at most. Default: 1000. */
  readonly jitter?: number;
}

/** The wait before retry `attempt` (from 1), in milliseconds. */
export function waitBefore(attempt: number, { first = 1000, limit = 60_000, jitter = 1000 }: Backoff = {}): number {
  return Math.min(limit, first * 2 ** (attempt - 1)) + jitter * random();
}

/** Resolves after `ms`, or rejects with the signal's reason. Waiting does not keep the process alive where `unref` is set. */
export function sleep(ms: number, signal?: AbortSignal, unref = false): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (unref && typeof timer === 'object') timer.unref();
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** From 0 to 1. Waiting times need no seed: they decide nothing that can be seen in a result. */
function random(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32;
}
