/** PyTorch and JAX as peers: one Python process each that runs steps when told, so that rounds can alternate. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Workload } from '../workload.js';
import type { Peer } from './index.js';

/**
 * Starts `GRADUS_PYTHON`, or else `python3`, with as many threads as asked.
 *
 * @returns `null`, after one line through `say`, where there is no such Python or it has no such library.
 */
export async function openPython(library: 'torch' | 'jax', threads: number, say: (line: string) => void): Promise<Peer | null> {
  const python = process.env.GRADUS_PYTHON ?? 'python3';
  const child = spawn(python, [fileURLToPath(new URL(`${library}_peer.py`, import.meta.url)), String(threads)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', () => {}); // No such program: the lines below end at once.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<Record<string, unknown> | null> => {
    const { value, done } = await lines.next();
    return done === true ? null : (JSON.parse(value) as Record<string, unknown>);
  };

  const hello = await Promise.race([read(), once(child, 'error').then(() => null)]).catch(() => null);
  if (hello === null) {
    say(`'${python}' does not run or cannot import ${library}: it is not measured. Set GRADUS_PYTHON to a Python that can.`);
    return null;
  }
  say(`${library} ${String(hello.version)}`);
  const run = async ({ peer, batch, steps }: Workload, variant: string): Promise<number> => {
    child.stdin.write(`${JSON.stringify({ ...peer, batch, steps, variant })}\n`);
    const answer = await read();
    if (answer === null) throw new Error(`${python} ended while training with ${library}`);
    if (answer.error !== undefined) throw new Error(String(answer.error));
    return Number(answer.ms);
  };
  const variants = Object.entries(hello.variants as Record<string, string>);
  return {
    rounds: async (workload) => new Map(variants.map(([variant, title]) => [title, () => run(workload, variant)])),
    close: () => void child.stdin.end(),
  };
}
