/** Finds the name somebody probably meant. */

/** Edit distance with transpositions of neighbours (Damerau-Levenshtein, optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const substitution = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.length][b.length];
}

/** Whether the letters of `part` occur in `whole` in their order: `val_f1` in `val_binary_f1_score`. */
function abbreviates(part: string, whole: string): boolean {
  let i = 0;
  for (const letter of whole) if (letter === part[i]) i++;
  return part.length >= 3 && i === part.length;
}

/** The known name nearest to `name`, or `undefined` when none is near. A name that abbreviates the other counts as near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const scored = known.map((candidate) => {
    const other = candidate.toLowerCase();
    const short = abbreviates(lower, other) || abbreviates(other, lower);
    return { candidate, score: Math.min(distance(lower, other), short ? 1 : Infinity) };
  });
  scored.sort((a, b) => a.score - b.score);
  const best = scored[0];
  return best !== undefined && best.score <= Math.max(1, Math.floor(name.length / 2)) ? best.candidate : undefined;
}

/** One sentence for an error about an unknown name: the nearest one, or where to look. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? 'Choose one of the names above.' : `Did you mean '${near}'?`;
}

/** Names as a list for a message; `none` when there are none. */
export const listNames = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
