/** Words for messages. */
import type { ValidateFunction } from 'ajv';

/** Enough of a text to recognise it by. */
export function beginningOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return 'an empty text';
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/** What a schema had to say of the value it was last asked about, which stands at the path `at`. */
export const problemsOf = ({ errors }: ValidateFunction, at = ''): string =>
  (errors ?? []).map(({ instancePath, message }) => `${`${at}${instancePath}` || '/'} ${message}`).join('; ');
