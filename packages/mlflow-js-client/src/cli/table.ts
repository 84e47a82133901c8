/** Rows as text in columns. */

/** Columns that hold numbers only stand to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const right = header.map((_, i) => rows.length > 0 && rows.every((row) => /^[\d.,]*$/.test(row[i])));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}
