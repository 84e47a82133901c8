/** Lines over epochs as SVG. */

interface Line {
  readonly name: string;
  /** One value for each epoch; `undefined` where there is none. */
  readonly values: readonly (number | undefined)[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  /** The largest value of the axis, which begins at 0. Default: the largest there is. */
  readonly most?: number;
}

const WIDTH = 320;
const HEIGHT = 200;
const MARGIN = { left: 40, right: 12, top: 28, bottom: 64 };
const COLORS = ['#08519c', '#a63603', '#006d2c', '#54278f'];

const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x}" y="${y}" font-family="sans-serif" font-size="11" fill="#333"${more}>${escape(content)}</text>`;

/** Panels side by side, as one SVG document. */
export function chart(panels: readonly Panel[]): string {
  const width = panels.length * WIDTH;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}">`,
    `<rect width="${width}" height="${HEIGHT}" fill="#fff"/>`,
    ...panels.map((panel, i) => `<g transform="translate(${i * WIDTH} 0)">\n${drawn(panel)}\n</g>`),
    '</svg>',
    '',
  ].join('\n');
}

function drawn({ title, lines, most }: Panel): string {
  const known = lines.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const top = most ?? Math.max(1e-12, ...known);
  const epochs = Math.max(1, ...lines.map(({ values }) => values.length));
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const x = (epoch: number): number => MARGIN.left + (epochs === 1 ? 0.5 : epoch / (epochs - 1)) * (right - MARGIN.left);
  const y = (value: number): number => bottom - (value / top) * (bottom - MARGIN.top);
  const grid = [0, 0.5, 1].flatMap((share) => [
    `<line x1="${MARGIN.left}" x2="${right}" y1="${y(share * top)}" y2="${y(share * top)}" stroke="#ddd"/>`,
    text(MARGIN.left - 4, y(share * top) + 4, String(Number((share * top).toPrecision(3))), ' text-anchor="end"'),
  ]);
  const curves = lines.flatMap(({ name, values }, i) => {
    const points = values.flatMap((value, epoch) => (value === undefined ? [] : [`${x(epoch).toFixed(1)},${y(value).toFixed(1)}`]));
    const place = [MARGIN.left + 136 * (i % 2), bottom + 36 + 14 * Math.floor(i / 2)];
    const color = COLORS[i % COLORS.length];
    return [
      points.length === 1
        ? `<circle cx="${points[0].split(',')[0]}" cy="${points[0].split(',')[1]}" r="2.5" fill="${color}"/>`
        : `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="1.6"/>`,
      `<rect x="${place[0]}" y="${place[1] - 8}" width="10" height="3" fill="${color}"/>`,
      text(place[0] + 14, place[1] - 2, name),
    ];
  });
  const labels = [text(MARGIN.left, 16, title), text(x(0), bottom + 14, '1', ' text-anchor="middle"')];
  if (epochs > 1) labels.push(text(x(epochs - 1), bottom + 14, `${epochs} epochs`, ' text-anchor="end"'));
  return [...labels, ...grid, ...curves].join('\n');
}
