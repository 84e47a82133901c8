/** Every benchmark in one table: `npm run bench`, or `npm run bench -- --help`. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { hypercausalRows } from './hypercausal.js';
import { mlpRows } from './mlp/index.js';

const HELP = `Usage: npm run bench [-- options]

  --only hypercausal|mlp   one of the benchmarks (default: both)
  --threads N              threads of ONNX Runtime and of PyTorch alike (default: 1)
  --rounds N               rounds; every variant runs once in each (default: 21 and 9)

PyTorch is measured when a Python with torch is found: the command in GRADUS_PYTHON, else python3.
Ratios are between medians of one run; absolute times depend on the machine and on what else it does.`;

const { values } = parseArgs({
  options: { only: { type: 'string' }, threads: { type: 'string', default: '1' }, rounds: { type: 'string' }, help: { type: 'boolean' } },
});

interface Line {
  readonly what: string;
  readonly variant: string;
  readonly median: number;
  readonly min: number;
  readonly ratio: number;
  readonly against: string;
}

function count(name: 'threads' | 'rounds'): number | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`--${name} takes a whole number of 1 or more, not '${value}'`);
}

async function lines(): Promise<Line[]> {
  const rounds = count('rounds');
  const all: Line[] = [];
  if (values.only !== 'mlp') {
    const rows = await hypercausalRows(rounds);
    all.push(...rows.map((row) => ({ what: 'hyper-causal training, 181 passes: ms', ...row, against: 'no telemetry' })));
  }
  if (values.only !== 'hypercausal') {
    const rows = await mlpRows({ threads: count('threads'), ...(rounds === undefined ? {} : { rounds }) });
    all.push(...rows.map(({ name, reference, ...row }) => ({ what: `${name}: ms per step`, ...row, against: reference })));
  }
  return all;
}

/** A table in Markdown, as benchmarks/README.md keeps it. */
function markdown(rows: readonly Line[]): string {
  const number = (value: number): string => (value < 1 ? value.toFixed(3) : value.toFixed(2));
  const cells = rows.map((r) => [r.what, r.variant, number(r.median), number(r.min), r.ratio.toFixed(2), r.against]);
  const table = [['what', 'variant', 'median', 'min', 'ratio', 'against'], ...cells];
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(table[0]), `|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|`, ...cells.map(line)].join('\n');
}

if (values.help === true) console.log(HELP);
else if (values.only !== undefined && !['hypercausal', 'mlp'].includes(values.only)) {
  console.error(`There is no benchmark '${values.only}': choose hypercausal or mlp.`);
  process.exitCode = 2;
} else {
  console.log(`Node ${process.versions.node}, ${cpus().length} processors (${cpus()[0]?.model.trim()}), ${values.threads} thread(s)`);
  console.log(markdown(await lines()));
}
