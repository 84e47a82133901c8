/** The picture with the numbers of the last epoch and the network's edges, as one HTML file. */
import type { HistoryRow, Params } from '@gradus/core';
import { formatShape } from '@gradus/graph';
import { valuesOf } from '../edge-values.js';
import type { LayerMap } from '../layer-map.js';
import { escape } from './chart.js';
import { dynamicsPicture } from './dynamics-picture.js';

export interface DynamicsPageOptions {
  readonly title: string;
  /** Default: no table of edges. */
  readonly layers?: LayerMap;
  /** What is learned, by `receiver.sender.name`. */
  readonly params: Params;
}

const STYLE = `
body { font: 14px/1.5 sans-serif; color: #222; max-width: 62em; margin: 2em auto; padding: 0 1em; }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; margin-bottom: 2em; }
th, td { text-align: left; padding: 0.2em 1.5em 0.2em 0; border-bottom: 1px solid #ddd; }
td.number, th.number { text-align: right; }
code { font-size: 0.95em; }
`;

type Cell = string | number | undefined;

/** Numbers stand to the right. */
const cell = (tag: 'th' | 'td', number: boolean, content: string): string =>
  `<${tag}${number ? ' class="number"' : ''}>${content}</${tag}>`;

/** @param numeric Which columns hold numbers. */
function table(head: readonly string[], numeric: readonly boolean[], rows: readonly (readonly Cell[])[]): string {
  const row = (tag: 'th' | 'td', cells: readonly Cell[]): string =>
    `<tr>${cells.map((content, i) => cell(tag, numeric[i], escape(String(content ?? '')))).join('')}</tr>`;
  return ['<table>', row('th', head), ...rows.map((cells) => row('td', cells)), '</table>'].join('\n');
}

/** The curves of {@link dynamicsPicture}, what the last epoch reported, and the layer map: a page that needs nothing else. */
export function dynamicsPage(history: readonly HistoryRow[], { title, layers, params }: DynamicsPageOptions): string {
  const { epoch = -1, logs = {} } = history.at(-1) ?? {};
  const reported = Object.keys(logs);
  const validated = reported.flatMap((name) => (name.startsWith('val_') ? name.slice(4) : []));
  const names = new Set([...validated, ...reported.filter((name) => !name.startsWith('val_'))]);
  const shown = (value: number | undefined): string => (value === undefined ? '' : String(Number(value.toPrecision(4))));
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><title>${escape(title)}</title><style>${STYLE}</style></head>`,
    '<body>',
    `<h1>${escape(title)}</h1>`,
    dynamicsPicture(history).trimEnd(),
    `<h2>Epoch ${epoch + 1}</h2>`,
    table(
      ['metric', 'training', 'validation'],
      [false, true, true],
      [...names].map((name) => [name, shown(logs[name]), shown(logs[`val_${name}`])]),
    ),
    ...(layers === undefined ? [] : ['<h2>Layer map</h2>', edges(layers, params)]),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function edges(layers: LayerMap, params: Params): string {
  const called = (layer: number): string => (layer === 0 ? 'input' : layer === layers.output ? `output (${layer})` : `layer ${layer}`);
  const rows = layers.edges.map((edge): Cell[] => {
    const learned = Object.values(valuesOf(params, edge)).reduce((total, { size }) => total + size, 0);
    const { receiver, sender, module } = edge;
    return [called(receiver), formatShape(layers.shapes[receiver]), called(sender), module.name, learned > 0 ? learned : '–'];
  });
  return table(['receiver', 'shape', 'sender', 'by', 'numbers that learn'], [false, false, false, false, true], rows);
}
