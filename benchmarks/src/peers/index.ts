/** Who else is measured in the same run. */
import type { Round } from '../rounds.js';
import type { Workload } from '../workload.js';
import { openJaxJs } from './jax-js.js';
import { openPython } from './python.js';
import { openTfjs } from './tfjs.js';

/** A library that trains the same model. */
export interface Peer {
  /** Its variants for a workload, each a round that gives milliseconds per step and rejects where the library cannot. */
  rounds(workload: Workload): Promise<Map<string, Round>>;
  close(): void;
}

/** Every peer that is there; the others are said to be missing. */
export async function openPeers(threads: number, say: (line: string) => void): Promise<Peer[]> {
  const python = await Promise.all([openPython('torch', threads, say), openPython('jax', threads, say)]);
  return [...python.filter((peer) => peer !== null), await openTfjs(threads), await openJaxJs(threads, say)];
}
