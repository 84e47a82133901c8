/** A picture of a model: its arrays in their order, grouped by the part they belong to, with bars for how many numbers each has. */
import type { Params } from '@gradus/core';
import { formatSpec } from '@gradus/graph';

const ROW = 22;
const WIDTH = 720;
const BAR = { x: 470, width: 160 };

/** Rows of a picture; what a larger model has more is counted in the last. */
const MOST = 400;

/** A whole SVG document. */
export function modelPicture(name: string, params: Params): string {
  const arrays = Object.entries(params);
  const count = arrays.reduce((total, [, { size }]) => total + size, 0);
  const most = arrays.reduce((largest, [, { size }]) => Math.max(largest, size), 1);
  const rows: string[] = [];
  let part: string | undefined;
  const text = (x: number, content: string, more = ''): string =>
    `<text x="${x}" y="${baseline(rows.length)}"${more}>${escaped(content)}</text>`;
  for (const [path, array] of arrays.slice(0, MOST)) {
    const dot = path.lastIndexOf('.');
    const own = path.slice(0, Math.max(dot, 0));
    if (own !== part) {
      part = own;
      if (own !== '') rows.push(text(16, own, ' font-weight="bold"'));
    }
    // By the logarithm: a bias beside a matrix is still seen.
    const width = Math.max(2, (BAR.width * Math.log1p(array.size)) / Math.log1p(most));
    const bar = `<rect x="${BAR.x}" y="${baseline(rows.length) - 11}" width="${width.toFixed(1)}" height="12" rx="2" fill="#4878a8"/>`;
    rows.push(
      text(32, path.slice(dot + 1)) + text(270, formatSpec(array)) + bar + text(BAR.x + BAR.width + 10, array.size.toLocaleString('en')),
    );
  }
  if (arrays.length > MOST) rows.push(text(16, `and ${arrays.length - MOST} more`));
  const height = baseline(rows.length) + 8;
  const title = `<text x="16" y="26" font-size="16">${escaped(`${name}: ${count.toLocaleString('en')} parameters`)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
    `font-family="monospace" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n${[title, ...rows].join('\n')}\n</svg>\n`
  );
}

const baseline = (row: number): number => 56 + ROW * row;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
