import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from '../benchmark.js';

/** What `memory-child.ts` prints: bytes. */
interface Measured {
  readonly parameters: number;
  readonly after: number;
  readonly peak: number;
}

export const memory: Benchmark = {
  name: 'memory',
  about: 'resident memory that training 5 million parameters with Adam adds, in copies of the parameters',
  rows({ threads }) {
    // A process of its own: what others have left behind would hide the growth.
    const child = fileURLToPath(new URL('../memory-child.ts', import.meta.url));
    const { stdout, status } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', child, String(threads)], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the process that measures memory ended with ${status}`);
    const { parameters, after, peak } = JSON.parse(stdout) as Measured;
    const row = (variant: string, bytes: number) => ({
      what: `training ${(parameters / 4e6).toFixed(1)} million parameters: copies of the parameters`,
      variant,
      median: bytes / parameters,
      min: bytes / parameters,
      ratio: null,
      against: '',
    });
    return Promise.resolve([row('resident after training', after), row('at the peak', peak)]);
  },
};
