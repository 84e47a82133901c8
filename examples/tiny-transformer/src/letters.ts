/** Letters as numbers, and text as windows to learn from. */
import { asarray, type NDArray } from 'gradus';

/** The letters of the language; a line's end begins and ends every sentence. */
export const LETTERS = '\n abcdefghijklmnopqrstuvwxyz.';

export const idsOf = (text: string): number[] => Array.from(text, (letter) => LETTERS.indexOf(letter));

export interface Windows {
  /** Letters: int32[n, length]. */
  readonly x: NDArray;
  /** The letter that comes after each: int32[n, length]. */
  readonly y: NDArray;
}

/** A window from the beginning of every sentence on, as far as `length` reaches into what follows. */
export function windows(sentences: readonly string[], length: number): Windows {
  const ids = idsOf(`\n${sentences.join('\n')}\n`);
  const starts = ids.flatMap((id, i) => (id === 0 && i + length < ids.length ? [i] : []));
  const rows = (shift: number): NDArray =>
    asarray(
      starts.map((start) => ids.slice(start + shift, start + shift + length)),
      { dtype: 'int32' },
    );
  return { x: rows(0), y: rows(1) };
}
