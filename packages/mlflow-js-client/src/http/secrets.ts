/** Keeps credentials out of everything that people read: messages, warnings, files. */

const HIDDEN = '***';

export class Secrets {
  readonly #known = new Set<string>();

  /** From now on these texts are hidden. Texts of under four characters would hide half of every sentence and are left alone. */
  add(...texts: readonly (string | undefined | null)[]): void {
    for (const text of texts) {
      if (text === undefined || text === null || text.length < 4) continue;
      this.#known.add(text);
      this.#known.add(encodeURIComponent(text));
    }
  }

  /** Every value of these headers, whole and without its scheme (`Bearer x`, `x`). */
  addHeaders(headers: Headers): void {
    for (const [, value] of headers) this.add(value, ...value.split(' ').slice(1));
  }

  /** `text` without the known secrets and without user and password of any URL in it. */
  redact(text: string): string {
    let result = text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi, `$1${HIDDEN}@`);
    // The longest first: a secret may be part of another.
    for (const secret of [...this.#known].sort((a, b) => b.length - a.length)) result = result.replaceAll(secret, HIDDEN);
    return result;
  }
}
