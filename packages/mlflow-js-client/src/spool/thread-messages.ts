/** What the thread that writes runs and the one that delivers them say to each other. */

/** To the thread that delivers. Runs are numbered. */
export type ToThread =
  | { readonly type: 'take'; readonly run: number; readonly folder: string; readonly tally: SharedArrayBuffer }
  /** The tally of the run says how much. */
  | { readonly type: 'written' | 'ended'; readonly run: number }
  | { readonly type: 'flush'; readonly ask: number; readonly timeout: number }
  | { readonly type: 'stop'; readonly ask: number };

/** From the thread that delivers. */
export type FromThread =
  /** It runs, and has what it needs. */
  | { readonly type: 'ready' }
  | { readonly type: 'warning'; readonly key: string; readonly message: string }
  | { readonly type: 'trouble'; readonly message: string; readonly transient: boolean }
  | { readonly type: 'answer'; readonly ask: number; readonly value: boolean };

/**
 * Counts what one thread writes for another to see. A message costs the writer some microseconds, so it sends one only where the
 * reader, who looks again after a while, would not look by itself.
 */
export class Tally {
  readonly buffer: SharedArrayBuffer;
  /** The count, and whether the reader will look. */
  readonly #cells: Int32Array;

  constructor(buffer = new SharedArrayBuffer(8)) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  /** @returns Whether the reader must be told. */
  add(count: number): boolean {
    Atomics.add(this.#cells, 0, count);
    return Atomics.exchange(this.#cells, 1, 1) === 0;
  }

  /** What was added since it was taken last. */
  take(): number {
    return Atomics.exchange(this.#cells, 0, 0);
  }

  /** From now on the reader must be told. To be followed by a last look. */
  rest(): void {
    Atomics.store(this.#cells, 1, 0);
  }
}
