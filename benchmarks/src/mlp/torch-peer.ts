/** PyTorch as the peer of the measurement: one Python process that runs steps when told, so that rounds can alternate. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { MlpSize } from './step.js';

export interface TorchPeer {
  readonly version: string;
  /** Milliseconds per step over `steps` steps, each on a batch of its own. */
  run(size: MlpSize, adam: 'default' | 'foreach' | 'fused', steps: number): Promise<number>;
  close(): void;
}

/**
 * Starts `GRADUS_PYTHON`, or else `python3`, with as many threads as asked.
 *
 * @returns `null`, after one line through `say`, where there is no such Python or it has no torch.
 */
export async function openTorch(threads: number, say: (line: string) => void): Promise<TorchPeer | null> {
  const python = process.env.GRADUS_PYTHON ?? 'python3';
  const child = spawn(python, [fileURLToPath(new URL('torch_peer.py', import.meta.url)), String(threads)], {
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
    say(`PyTorch not found: '${python}' does not run or cannot import torch. Set GRADUS_PYTHON to a Python that can.`);
    return null;
  }
  return {
    version: String(hello.version),
    async run({ layers, batch }, adam, steps) {
      child.stdin.write(`${JSON.stringify({ layers, batch, adam, steps })}\n`);
      const answer = await read();
      if (answer === null) throw new Error(`${python} ended while training in PyTorch`);
      return Number(answer.ms);
    },
    close: () => void child.stdin.end(),
  };
}
