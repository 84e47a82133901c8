/** Work beside training: one piece after the other, in the order given. */

export class Background {
  #chain: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  /** @returns a promise that is kept when the piece has ended, well or not. */
  add(work: () => Promise<void>): Promise<void> {
    this.#chain = this.#chain.then(work).catch((error: unknown) => void (this.#failure ??= { error }));
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
}
