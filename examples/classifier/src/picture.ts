/** A decision boundary as SVG: what the model says on a grid, with the points on top. */
import { argmax, asarray, type NDArray } from 'gradus';
import { CLASSES, type Spirals } from './spirals.js';

const AREAS = ['#c6dbef', '#fdd0a2', '#c7e9c0'];
const POINTS = ['#08519c', '#a63603', '#006d2c'];
const SIZE = 480;
const CELLS = 96;
const EDGE = 1.15;

const toPixel = (v: number): number => ((v + EDGE) / (2 * EDGE)) * SIZE;
const center = (cell: number): number => ((cell + 0.5) / CELLS) * 2 * EDGE - EDGE;

/** The grid's points, row by row from the top: float32[CELLS * CELLS, 2]. */
export function grid(): NDArray {
  const rows = Array.from({ length: CELLS }, (_, row) => Array.from({ length: CELLS }, (_, column) => [center(column), -center(row)]));
  return asarray(rows.flat());
}

/** @param logits What the model says at each point of `grid()`: float32[CELLS * CELLS, 3]. */
export function picture(logits: NDArray, data: Spirals, title: string): string {
  const labels = (argmax(logits) as NDArray).data;
  const cell = SIZE / CELLS;
  const areas: string[] = [];
  for (let row = 0; row < CELLS; row++) {
    // Neighbouring cells of one class are drawn as one rectangle.
    for (let column = 0, start = 0; column < CELLS; column++) {
      const label = Number(labels[row * CELLS + column]);
      if (column + 1 < CELLS && Number(labels[row * CELLS + column + 1]) === label) continue;
      areas.push(
        `<rect x="${start * cell}" y="${row * cell}" width="${(column + 1 - start) * cell}" height="${cell}" fill="${AREAS[label]}"/>`,
      );
      start = column + 1;
    }
  }
  const xy = data.x.data as Float32Array;
  const points = Array.from({ length: data.y.size }, (_, i) => {
    const [px, py] = [toPixel(xy[2 * i]), SIZE - toPixel(xy[2 * i + 1])];
    return `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3" fill="${POINTS[Number(data.y.data[i]) % CLASSES]}" stroke="#fff" stroke-width="0.7"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE + 32}" width="${SIZE}" height="${SIZE + 32}" shape-rendering="crispEdges">`,
    `<rect width="${SIZE}" height="${SIZE + 32}" fill="#fff"/>`,
    ...areas,
    `<g shape-rendering="auto">`,
    ...points,
    `</g>`,
    `<text x="${SIZE / 2}" y="${SIZE + 21}" font-family="sans-serif" font-size="14" text-anchor="middle" fill="#333">${title}</text>`,
    `</svg>`,
    '',
  ].join('\n');
}
