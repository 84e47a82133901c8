/** Two maps side by side: what the file says at each place, and how far that is from the live model. */

const CELL = 6;
const GAP = 24;

/** A map of `side` x `side` cells, row by row, coloured by `color`. */
function map(values: ArrayLike<number>, side: number, left: number, color: (value: number) => string): string[] {
  return Array.from(values, (value, i) => {
    const [x, y] = [left + (i % side) * CELL, Math.floor(i / side) * CELL];
    return `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="${color(value)}"/>`;
  });
}

const shade = (share: number): number => Math.round(255 * (1 - Math.min(1, Math.max(0, share))));
/** Blue below 0, red above. */
const signed = (value: number): string =>
  value < 0 ? `rgb(${shade(-value)},${shade(-value)},255)` : `rgb(255,${shade(value)},${shade(value)})`;

/**
 * @param values What the file gives, from about -1 to 1, row by row.
 * @param differences By how much that differs from the live model; white is 0, black the largest.
 */
export function picture(values: ArrayLike<number>, differences: ArrayLike<number>, side: number): string {
  const largest = Math.max(...Array.from(differences), Number.MIN_VALUE);
  const [width, height] = [2 * side * CELL + GAP, side * CELL + 28];
  const grey = (value: number): string => `rgb(${shade(value / largest)},${shade(value / largest)},${shade(value / largest)})`;
  const label = (x: number, text: string): string =>
    `<text x="${x + (side * CELL) / 2}" y="${height - 9}" font-family="sans-serif" font-size="13" text-anchor="middle" fill="#333">${text}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" shape-rendering="crispEdges">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...map(values, side, 0, signed),
    ...map(differences, side, side * CELL + GAP, grey),
    label(0, 'surface.onnx in ONNX Runtime'),
    label(side * CELL + GAP, `difference from the live model, black: ${largest.toExponential(1)}`),
    '</svg>',
    '',
  ].join('\n');
}
