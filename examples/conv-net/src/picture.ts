/** The filters of the first layer and the misread digits as SVG. */
import type { NDArray } from 'gradus';
import { SIDE, type Digits } from './digits.js';

const COLUMNS = 8;
const CELL = 68;
const IMAGE = 56;
const MOST = 24;

/** @param filters float32[out, 1, side, side]. @param said What the model took each digit for. */
export function picture(filters: NDArray, { x, y }: Digits, said: NDArray): string {
  const [count, , side] = filters.shape;
  const weights = filters.data as Float32Array;
  const pixels = x.data as Float32Array;
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const wrong = Array.from({ length: y.size }, (_, i) => i).filter((i) => Number(y.data[i]) !== Number(said.data[i]));

  const shownFilters = Array.from({ length: count }, (_, i) =>
    image(i, 0, side, (at) => signed(weights[i * side * side + at] / largest), `filter ${i}`),
  );
  const filterRows = Math.ceil(count / COLUMNS);
  const shownDigits = wrong
    .slice(0, MOST)
    .map((i, place) =>
      image(place, filterRows, SIDE, (at) => grey(pixels[i * SIDE * SIDE + at]), `${Number(y.data[i])} read as ${Number(said.data[i])}`),
    );
  const rows = filterRows + Math.max(1, Math.ceil(shownDigits.length / COLUMNS));
  const [width, height] = [COLUMNS * CELL + 12, rows * (CELL + 14) + 48];
  const title = (row: number, text: string): string => `<text x="12" y="${top(row) - 10}" font-size="13" fill="#333">${text}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    title(0, 'Filters of the first layer: blue against, red for'),
    ...shownFilters,
    title(filterRows, `Misread: ${wrong.length} of ${y.size}`),
    ...shownDigits,
    '</svg>',
    '',
  ].join('\n');
}

/** The upper edge of a row of images; filters come first, digits below them and a title. */
const top = (row: number): number => 30 + row * (CELL + 14) + (row > 0 ? 24 : 0);

function image(place: number, firstRow: number, side: number, color: (at: number) => string, caption: string): string {
  const size = IMAGE / side;
  const squares = Array.from(
    { length: side * side },
    (_, at) =>
      `<rect x="${((at % side) * size).toFixed(2)}" y="${(Math.floor(at / side) * size).toFixed(2)}" width="${size.toFixed(2)}" height="${size.toFixed(2)}" fill="${color(at)}"/>`,
  );
  const [left, upper] = [12 + (place % COLUMNS) * CELL, top(firstRow + Math.floor(place / COLUMNS))];
  return `<g transform="translate(${left} ${upper})" shape-rendering="crispEdges">${squares.join('')}<text x="${IMAGE / 2}" y="${IMAGE + 12}" font-size="10" text-anchor="middle" fill="#333">${caption}</text></g>`;
}

const grey = (brightness: number): string => {
  const level = Math.round(255 * (1 - Math.min(1, brightness)));
  return `rgb(${level},${level},${level})`;
};

/** White at 0, red at 1, blue at -1. */
const signed = (value: number): string => {
  const rest = Math.round(255 * (1 - Math.abs(value)));
  return value > 0 ? `rgb(255,${rest},${rest})` : `rgb(${rest},${rest},255)`;
};
