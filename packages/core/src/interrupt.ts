/** Ctrl-C that behaves: the first ends the step and the run cleanly, the second quits at once. */

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** What a shell reports for a program ended by the signal: 128 + its number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens for SIGINT and SIGTERM until disposed. */
export class Interrupt {
  #signal: (typeof SIGNALS)[number] | null = null;
  readonly #listener: (signal: (typeof SIGNALS)[number]) => void;

  constructor() {
    this.#listener = (signal) => {
      if (this.#signal !== null) process.exit(EXIT_CODES[signal]);
      this.#signal = signal;
      process.stderr.write(`\n${signal}: finishing this step and closing the run. Once more to quit at once.\n`);
    };
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** The signal received, or `null`. */
  get signal(): string | null {
    return this.#signal;
  }

  dispose(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }
}
