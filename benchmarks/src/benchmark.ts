/** What a benchmark is: a name, a sentence, and rows of one table. */
import type { Peer } from './peers/index.js';

/** One line of the table: a variant of something, and its median over another's. */
export interface Row {
  /** What is measured, with its unit: `conv net, batch 32: ms per step`. */
  readonly what: string;
  readonly variant: string;
  readonly median: number;
  readonly min: number;
  /** Median over that of `against`; `null` where there is nothing to compare with. */
  readonly ratio: number | null;
  readonly against: string;
  /** Share of the machine's own peak of matrix products, 0 to 1, where operations are counted. */
  readonly ofPeak?: number;
}

export interface BenchmarkOptions {
  /** Threads of ONNX Runtime and of every peer alike. */
  readonly threads: number;
  /** Rounds; every variant runs once in each. `undefined`: what suits the benchmark. */
  readonly rounds?: number;
  /** Hears what the reader should know: a peer that is missing, a kernel that is not there. */
  readonly say: (line: string) => void;
  /** Who else is measured: opened at the first call, and once for all benchmarks. */
  readonly peers: () => Promise<readonly Peer[]>;
}

export interface Benchmark {
  /** For `--only`. */
  readonly name: string;
  /** For `--help`: one line. */
  readonly about: string;
  rows(options: BenchmarkOptions): Promise<Row[]>;
}
