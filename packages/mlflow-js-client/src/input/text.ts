/** Texts and keys as every server takes them. */
import { MAX_KEY } from './limits.js';

/** Half of a surrogate pair makes the server drop the rest of the request and answer 200; NUL is refused by some of its databases. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}|\0/gu, '\uFFFD');

/** Any value as text: what has structure as JSON, all else as JavaScript writes it. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    try {
      return wellFormed(JSON.stringify(value) ?? String(value));
    } catch {
      // A cycle, or a bigint inside.
    }
  }
  return wellFormed(value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : String(value));
}

/** The first `length` characters, never half of a pair. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : wellFormed(text.slice(0, length)).replace(/\uFFFD$/u, '');
}

/**
 * The key nearest to `key` that a server accepts: letters and digits of any script, `_ - . / ` and space; no path tricks, at most
 * 250 characters. `undefined` where nothing is left. `:` is replaced too: servers before 3.0 and those on Windows refuse it.
 */
export function safeKey(key: string): string | undefined {
  const named = key.replace(/[^\p{L}\p{N}_\-. /]/gu, '_');
  // A server also refuses what a file system would read as another name.
  const parts = named.split('/').filter((part) => part !== '' && part !== '.');
  const safe = cut(parts.map((part) => (part === '..' ? '__' : part)).join('/'), MAX_KEY);
  return safe.replace(/^\.\./, '__').replace(/\/$/, '') || undefined;
}

/**
 * The path nearest to `path` that every artifact store takes: `/` between names, no way out of its folder, and neither `#` nor `%`
 * (servers refuse the one and decode the other a second time) nor control characters. `undefined` where nothing is left.
 */
export function safeArtifactPath(path: string): string | undefined {
  const parts = wellFormed(path).replaceAll('\\', '/').split('/');
  const safe = parts
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (part === '..' ? '__' : part.replace(/[%#\p{Cc}]/gu, '_')));
  return safe.join('/') || undefined;
}
