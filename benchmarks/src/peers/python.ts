/** PyTorch and JAX as peers: one Python process each that runs steps when told, so that rounds can alternate. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Workload } from '../workload.js';
import type { Peer } from './index.js';

/** A Python program that runs rounds of steps when told. */
export interface PythonProgram {
  /** Titles of what it can run, by the names it knows them under. */
  readonly variants: readonly (readonly [variant: string, title: string])[];
  /** Milliseconds per step. @param command What its file says; with `variant`. */
  run(command: Readonly<Record<string, unknown>>): Promise<number>;
  close(): void;
}

/**
 * Starts `GRADUS_PYTHON`, or else `python3`, on the program of a name, with as many threads as asked.
 *
 * @param library What it cannot do without.
 * @returns `null`, after one line through `say`, where there is no such Python or it has no such library.
 */
export async function startPython(
  name: string,
  library: string,
  threads: number,
  say: (line: string) => void,
): Promise<PythonProgram | null> {
  const python = process.env.GRADUS_PYTHON ?? 'python3';
  const child = spawn(python, [fileURLToPath(new URL(`${name}_peer.py`, import.meta.url)), String(threads)], {
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
  say(`${name} ${String(hello.version)}`);
  return {
    variants: Object.entries(hello.variants as Record<string, string>),
    async run(command) {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const answer = await read();
      if (answer === null) throw new Error(`${python} ended while training with ${library}`);
      if (answer.error !== undefined) throw new Error(String(answer.error));
      return Number(answer.ms);
    },
    close: () => void child.stdin.end(),
  };
}

/** PyTorch or JAX as a peer of every workload; `null` where it is not there. */
export async function openPython(library: 'torch' | 'jax', threads: number, say: (line: string) => void): Promise<Peer | null> {
  const program = await startPython(library, library, threads, say);
  if (program === null) return null;
  const { variants, run, close } = program;
  return {
    rounds: async ({ peer, batch, steps }: Workload) =>
      new Map(variants.map(([variant, title]) => [title, () => run({ ...peer, batch, steps, variant })])),
    close,
  };
}
