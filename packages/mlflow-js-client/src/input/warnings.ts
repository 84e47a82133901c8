/** Tells people what was changed or dropped, once for each thing. */

export class Warnings {
  readonly #told = new Set<string>();
  readonly #tell: (message: string, key: string) => void;

  constructor(tell: (message: string, key: string) => void = (message) => console.warn(`mlflow-js-client: ${message}`)) {
    this.#tell = tell;
  }

  /** Tells unless something of the same `key` was told before. What is told may not fail: nobody waits for it. */
  once(key: string, message: string): void {
    if (this.#told.has(key)) return;
    // A program that makes up keys for ever must not fill the memory by being wrong.
    if (this.#told.size >= 1000) return;
    this.#told.add(key);
    try {
      this.#tell(message, key);
    } catch {
      // A listener that throws is no reason to lose what it was told about.
    }
  }

  /** Tells again from now on. */
  forget(key: string): void {
    this.#told.delete(key);
  }
}
