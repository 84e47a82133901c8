/** Every benchmark in one table: `npm run bench`, or `npm run bench -- --help`. */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Row } from './benchmark.js';
import { benchmarks } from './benchmarks/index.js';
import { openPeers, peerNames, type Peer } from './peers/index.js';
import { markdown } from './table.js';

const HELP = `Usage: npm run bench [-- options]

  --only NAME[,NAME]   some of the benchmarks (default: all)
  --threads N          threads of ONNX Runtime and of every peer alike (default: 1)
  --rounds N           rounds; every variant runs once in each (default: what suits the benchmark)
  --peers NAME[,NAME]  some of the peers, or '' for none (default: all)
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
    peers: { type: 'string' },
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

/** What an option with a list names. @throws where there is no such name. */
function listed(option: 'only' | 'peers', known: readonly string[]): readonly string[] {
  const wanted = values[option]?.split(',').filter((name) => name !== '') ?? known;
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown === undefined) return wanted;
  throw new Error(`--${option} does not know '${unknown}': choose from ${known.join(', ')}`);
}

async function main(): Promise<void> {
  const names = listed(
    'only',
    benchmarks.map(({ name }) => name),
  );
  const peerList = listed('peers', peerNames);
  const threads = count('threads')!;
  const rounds = count('rounds');
  const load = (): string => `load ${loadavg()[0].toFixed(1)}`;
  const machine = `Node ${process.versions.node}, ${cpus().length} processors (${cpus()[0]?.model.trim()}), ${threads} thread(s)`;
  console.log(`${machine}, ${load()}`);
  let opened: Promise<Peer[]> | undefined;
  const peers = (): Promise<Peer[]> => (opened ??= openPeers(peerList, threads, console.log));
  const rows: Row[] = [];
  for (const benchmark of benchmarks.filter(({ name }) => names.includes(name))) {
    rows.push(...(await benchmark.rows({ threads, rounds, say: console.log, peers })));
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, rows }, null, 1)}\n`);
  }
  for (const peer of (await opened) ?? []) peer.close();
  console.log(`${markdown(rows)}\n${load()} at the end`);
}

if (values.help === true) console.log(HELP);
else {
  await main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
