/** Rows as a table in Markdown, as README.md keeps it. */
import type { Row } from './benchmark.js';

export function markdown(rows: readonly Row[]): string {
  const number = (value: number): string => (value < 1 ? value.toFixed(3) : value.toFixed(2));
  const cells = rows.map((r) => [
    r.what,
    r.variant,
    number(r.median),
    number(r.min),
    r.ratio?.toFixed(2) ?? '',
    r.against,
    r.ofPeak === undefined ? '' : `${(100 * r.ofPeak).toFixed(0)} %`,
  ]);
  const table = [['what', 'variant', 'median', 'min', 'ratio', 'against', 'of peak'], ...cells];
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(table[0]), `|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|`, ...cells.map(line)].join('\n');
}
