/** Unique readable names within one model. */

export class Names {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  /** `wanted` itself when it is free, else with the first free number after it. */
  unique(wanted: string): string {
    const name = wanted !== '' && !this.#taken.has(wanted) ? wanted : this.numbered(wanted === '' ? 'value' : wanted);
    this.#taken.add(name);
    return name;
  }

  /** `stem_0`, `stem_1`, …: the first that is free. */
  numbered(stem: string): string {
    for (let i = this.#next.get(stem) ?? 0; ; i++) {
      const name = `${stem}_${i}`;
      if (this.#taken.has(name)) continue;
      this.#next.set(stem, i + 1);
      this.#taken.add(name);
      return name;
    }
  }
}
