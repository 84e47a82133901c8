/** How many steps run in one execution: enough to make its overhead vanish, few enough that a display never freezes. */

/** An execution blocks the event loop, with what follows it: so that a twentieth of a second is rarely reached. */
const TARGET_MS = 30;
/** Beyond this many steps the overhead per step is already negligible. */
const MOST_STEPS = 64;
/** Stacked inputs of one execution stay below this: more falls out of the processor's caches and costs more than it saves. */
const MOST_BYTES = 8 * 2 ** 20;

export class ChunkSize {
  #steps = 1;
  readonly #limit: number;
  readonly #fixed: boolean;

  /**
   * @param setting `'auto'` measures; a number is kept.
   * @param bytesPerStep Size of one batch.
   */
  constructor(setting: 'auto' | number, bytesPerStep: number) {
    this.#fixed = setting !== 'auto';
    this.#limit = this.#fixed ? (setting as number) : Math.max(1, Math.min(MOST_STEPS, Math.floor(MOST_BYTES / Math.max(bytesPerStep, 1))));
    if (this.#fixed) this.#steps = this.#limit;
  }

  /** Steps for the next execution. */
  get steps(): number {
    return this.#steps;
  }

  /** The most steps an execution may ever get. */
  get limit(): number {
    return this.#limit;
  }

  /** Learns from an execution; grows at most fourfold at a time, since first runs are slow. */
  record(steps: number, milliseconds: number): void {
    if (this.#fixed) return;
    const fitting = Math.floor(TARGET_MS / Math.max(milliseconds / steps, 1e-6));
    this.#steps = Math.max(1, Math.min(this.#limit, this.#steps * 4, fitting));
  }
}
