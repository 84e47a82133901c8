/** Accuracy over seconds, on a logarithmic axis, as SVG. */

export interface Curve {
  readonly name: string;
  /** The first one before training. */
  readonly points: readonly { readonly seconds: number; readonly accuracy: number }[];
}

const WIDTH = 580;
const HEIGHT = 320;
const LEFT = 48;
const RIGHT = WIDTH - 170;
const TOP = 24;
const BOTTOM = HEIGHT - 44;
const COLORS = ['#08519c', '#a63603', '#006d2c', '#54278f'];

const text = (x: number, y: number, content: string, anchor = 'middle'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="sans-serif" font-size="12" text-anchor="${anchor}" fill="#333">${content}</text>`;

export function picture(curves: readonly Curve[]): string {
  const times = curves.flatMap(({ points }) => points.slice(1).map(({ seconds }) => Math.log10(seconds)));
  const [first, last] = [Math.floor(Math.min(...times)), Math.ceil(Math.max(...times))];
  const x = (seconds: number): number => LEFT + ((Math.log10(seconds) - first) / (last - first)) * (RIGHT - LEFT);
  const y = (accuracy: number): number => BOTTOM - accuracy * (BOTTOM - TOP);
  const powers = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  const grid = [
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      `<line x1="${LEFT}" x2="${RIGHT}" y1="${y(share)}" y2="${y(share)}" stroke="#ddd"/>`,
      text(LEFT - 6, y(share) + 4, String(share), 'end'),
    ]),
    ...powers.flatMap((seconds) => [
      `<line x1="${x(seconds)}" x2="${x(seconds)}" y1="${TOP}" y2="${BOTTOM}" stroke="#ddd"/>`,
      text(x(seconds), BOTTOM + 16, `${Number(seconds.toPrecision(1))} s`),
    ]),
    text((LEFT + RIGHT) / 2, HEIGHT - 8, 'seconds of training'),
    text(LEFT, 14, 'accuracy on new samples', 'start'),
  ];
  const lines = curves.flatMap(({ name, points }, i) => {
    const path = points.slice(1).map(({ seconds, accuracy }) => `${x(seconds).toFixed(1)},${y(accuracy).toFixed(1)}`);
    return [
      `<polyline points="${path.join(' ')}" fill="none" stroke="${COLORS[i]}" stroke-width="1.8"/>`,
      ...path.map((point) => `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="2.6" fill="${COLORS[i]}"/>`),
      `<rect x="${RIGHT + 14}" y="${TOP + 20 * i}" width="12" height="3" fill="${COLORS[i]}"/>`,
      text(RIGHT + 32, TOP + 20 * i + 6, name, 'start'),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...grid,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}
