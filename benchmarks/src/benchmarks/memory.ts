import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Row } from '../benchmark.js';

/** What `memory-child.ts` prints: bytes. */
interface Measured {
  readonly parameters: number;
  readonly after: number;
  readonly peak: number;
}

/** In a process of its own: what others have left behind would hide the growth. */
function measure(threads: number, memoryArena: boolean): Row[] {
  const child = fileURLToPath(new URL('../memory-child.ts', import.meta.url));
  const options = ['--expose-gc', '--import', 'tsx', child, String(threads), String(memoryArena)];
  const { stdout, status } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the process that measures memory ended with ${status}`);
  const { parameters, after, peak } = JSON.parse(stdout) as Measured;
  const row = (when: string, bytes: number): Row => ({
    what: `training ${(parameters / 4e6).toFixed(1)} million parameters: copies of the parameters`,
    variant: `${when}, ${memoryArena ? 'as by default' : 'memoryArena: false'}`,
    median: bytes / parameters,
    min: bytes / parameters,
    ratio: null,
    against: '',
  });
  return [row('resident after training', after), row('at the peak', peak)];
}

export const memory: Benchmark = {
  name: 'memory',
  about: 'resident memory that training 5 million parameters with Adam adds, in copies of the parameters',
  rows: ({ threads }) => Promise.resolve([...measure(threads, true), ...measure(threads, false)]),
};
