/** Lines over epochs as SVG, in panels. */

export interface Line {
  /** Lines of one name have one color. */
  readonly name: string;
  readonly dashed: boolean;
  /** One value for each epoch; `undefined` where there is none. */
  readonly values: readonly (number | undefined)[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const WIDTH = 320;
const HEIGHT = 210;
const COLUMNS = 3;
const MARGIN = { left: 46, right: 14, top: 46, bottom: 36 };
const RIGHT = WIDTH - MARGIN.right;
const BOTTOM = HEIGHT - MARGIN.bottom;
const COLORS = ['#08519c', '#c2410c', '#006d2c'];

export const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x}" y="${y}" font-family="sans-serif" font-size="11" fill="#333"${more}>${escape(content)}</text>`;

/** Panels in rows of three, under a line of text, as one SVG document. */
export function chart(panels: readonly Panel[], caption: string): string {
  const width = Math.max(1, Math.min(COLUMNS, panels.length)) * WIDTH;
  const height = Math.ceil(panels.length / COLUMNS) * HEIGHT + 24;
  const place = (i: number): string => `${(i % COLUMNS) * WIDTH} ${Math.floor(i / COLUMNS) * HEIGHT + 24}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(MARGIN.left, 18, caption),
    ...panels.map((panel, i) => `<g transform="translate(${place(i)})">\n${drawn(panel)}\n</g>`),
    '</svg>',
    '',
  ].join('\n');
}

function drawn({ title, lines }: Panel): string {
  const known = lines.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const epochs = Math.max(...lines.map(({ values }) => values.length));
  const ticks = ticksOver(Math.min(...known), Math.max(...known), 4);
  const [least, most] = [ticks[0], ticks[ticks.length - 1]];
  const x = (epoch: number): number => MARGIN.left + (epochs === 1 ? 0.5 : epoch / (epochs - 1)) * (RIGHT - MARGIN.left);
  const y = (value: number): number => BOTTOM - ((value - least) / (most - least)) * (BOTTOM - MARGIN.top);
  const names = [...new Set(lines.map(({ name }) => name))];
  const color = (name: string): string => COLORS[names.indexOf(name) % COLORS.length];
  return [
    text(MARGIN.left, 16, title, ' font-weight="bold"'),
    ...(names.length > 1 ? names.map((name, i) => text(MARGIN.left + 92 * i, 33, name, ` style="fill:${color(name)}"`)) : []),
    ...ticks.flatMap((value) => [
      `<line x1="${MARGIN.left}" x2="${RIGHT}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="#ddd"/>`,
      text(MARGIN.left - 5, Number((y(value) + 4).toFixed(1)), String(value), ' text-anchor="end"'),
    ]),
    ...epochTicks(epochs).map((epoch) => text(Number(x(epoch - 1).toFixed(1)), BOTTOM + 15, String(epoch), ' text-anchor="middle"')),
    text((MARGIN.left + RIGHT) / 2, BOTTOM + 30, 'epoch', ' text-anchor="middle"'),
    ...lines.map(({ name, dashed, values }) => {
      const points = values.flatMap((value, epoch) => (value === undefined ? [] : [[x(epoch).toFixed(1), y(value).toFixed(1)]]));
      if (points.length === 1) {
        const [cx, cy] = points[0];
        return `<circle cx="${cx}" cy="${cy}" r="2.5" stroke="${color(name)}" fill="${dashed ? '#fff' : color(name)}"/>`;
      }
      const dashes = dashed ? ' stroke-dasharray="4 3"' : '';
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${color(name)}" stroke-width="1.6"${dashes}/>`;
    }),
  ].join('\n');
}

/** Round numbers, about `count` steps apart, the first not above `least` and the last not below `most`. */
export function ticksOver(least: number, most: number, count: number): number[] {
  // Values that only rounding tells apart are one value.
  const size = Math.max(1, Math.abs(least), Math.abs(most));
  const raw = (most - least > 1e-6 * size ? most - least : size) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9))!;
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Epochs, counted from 1, that are written under the axis. */
const epochTicks = (epochs: number): number[] =>
  epochs === 1 ? [1] : ticksOver(1, epochs, 7).filter((epoch) => Number.isInteger(epoch) && epoch >= 1 && epoch <= epochs);
