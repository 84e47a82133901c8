/** Work beside training: one piece after the other, in the order given. */
import type { BackgroundWork } from '../contracts/callback.js';

export class Background {
  /** Told when a piece that has a name has ended. */
  onEnd: (work: BackgroundWork) => void = () => {};
  #chain: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  /** @returns a promise that is kept when the piece has ended, well or not. */
  add(work: () => Promise<void | Error>, name?: string): Promise<void> {
    const piece = async (): Promise<void> => void (await (name === undefined ? work() : this.#timed(work, name)));
    this.#chain = this.#chain.then(piece).catch((error: unknown) => void (this.#failure ??= { error }));
    return this.#chain;
  }

  /** Waits for everything, also for what is added meanwhile. */
  async idle(): Promise<void> {
    let seen;
    do await (seen = this.#chain);
    while (seen !== this.#chain);
  }

  /** @throws what a piece threw, once. */
  check(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
  }

  async #timed(work: () => Promise<void | Error>, name: string): Promise<void> {
    const startTime = now();
    const tell = (error: unknown): void => this.onEnd({ name, startTime, endTime: now(), ...(error !== undefined && { error }) });
    let failure: void | Error;
    try {
      failure = await work();
    } catch (error) {
      tell(error);
      throw error;
    }
    tell(failure);
  }
}

const now = (): number => performance.timeOrigin + performance.now();
