/** Keeps credentials out of everything that people read: messages, warnings, files. */

const HIDDEN = '***';

/** Headers whose values are no secret. */
const PLAIN = new Set(['accept', 'content-type', 'user-agent', 'x-mlflow-workspace']);

/** Tokens that change with every request are forgotten after so many. */
const RECENT = 100;

export class Secrets {
  readonly #known = new Set<string>();
  readonly #recent = new Set<string>();

  /** From now on these texts are hidden. Texts of under four characters would hide half of every sentence and are left alone. */
  add(...texts: readonly (string | undefined)[]): void {
    for (const text of texts) remember(this.#known, text);
  }

  /** Every value of these headers, whole and without its scheme (`Bearer x`, `x`). */
  addHeaders(headers: Headers): void {
    for (const text of valuesOf(headers)) remember(this.#known, text);
  }

  /** As {@link addHeaders}, for headers that are made anew each time. */
  addRecent(headers: Headers): void {
    for (const text of valuesOf(headers)) remember(this.#recent, text);
    for (const text of this.#recent) {
      if (this.#recent.size <= RECENT) break;
      this.#recent.delete(text);
    }
  }

  /** `text` without the known secrets and without user and password of any URL in it. */
  redact(text: string): string {
    let result = text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi, `$1${HIDDEN}@`);
    // The longest first: a secret may be part of another.
    for (const secret of [...this.#known, ...this.#recent].sort((a, b) => b.length - a.length)) result = result.replaceAll(secret, HIDDEN);
    return result;
  }
}

function remember(texts: Set<string>, text: string | undefined): void {
  if (text === undefined || text.length < 4) return;
  texts.add(text);
  texts.add(encodeURIComponent(text));
}

const valuesOf = (headers: Headers): string[] =>
  [...headers].flatMap(([name, value]) => (PLAIN.has(name) ? [] : [value, ...value.split(' ').slice(1)]));
