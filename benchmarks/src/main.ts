/** Every benchmark in one table: `npm run bench`, or `npm run bench -- --help`. */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Row } from './benchmark.js';
import { benchmarks } from './benchmarks/index.js';
import { openPeers, type Peer } from './peers/index.js';
import { markdown } from './table.js';

const HELP = `Usage: npm run bench [-- options]

  --only NAME[,NAME]   some of the benchmarks (default: all)
  --threads N          threads of ONNX Runtime and of every peer alike (default: 1)
  --rounds N           rounds; every variant runs once in each (default: what suits the benchmark)
  --json FILE          writes the rows there too
  --help

${benchmarks.map(({ name, about }) => `  ${name.padEnd(20)} ${about}`).join('\n')}

PyTorch and JAX are measured when a Python with them is found: the command in GRADUS_PYTHON, else python3.
Ratios are between medians of one run; absolute times depend on the machine and on what else it does.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  },
});

function count(name: 'threads' | 'rounds'): number | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`--${name} takes a whole number of 1 or more, not '${value}'`);
}

const names = values.only?.split(',') ?? benchmarks.map(({ name }) => name);
const unknown = names.find((wanted) => !benchmarks.some(({ name }) => name === wanted));

if (values.help === true) console.log(HELP);
else if (unknown !== undefined) {
  console.error(`There is no benchmark '${unknown}': choose from ${benchmarks.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 2;
} else {
  const load = (): string => `load ${loadavg()[0].toFixed(1)}`;
  const machine = `Node ${process.versions.node}, ${cpus().length} processors (${cpus()[0]?.model.trim()}), ${values.threads} thread(s)`;
  console.log(`${machine}, ${load()}`);
  const rows: Row[] = [];
  const threads = count('threads')!;
  let opened: Promise<Peer[]> | undefined;
  const peers = (): Promise<Peer[]> => (opened ??= openPeers(threads, console.log));
  for (const benchmark of benchmarks.filter(({ name }) => names.includes(name))) {
    rows.push(...(await benchmark.rows({ threads, rounds: count('rounds'), say: console.log, peers })));
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, rows }, null, 1)}\n`);
  }
  for (const peer of (await opened) ?? []) peer.close();
  console.log(`${markdown(rows)}\n${load()} at the end`);
}
