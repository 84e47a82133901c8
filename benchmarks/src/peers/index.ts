/** Who else is measured in the same run. */
import type { BenchmarkOptions } from '../benchmark.js';
import type { Round } from '../rounds.js';
import type { Workload } from '../workload.js';
import { openPython } from './python.js';

/** A library that trains the same model. */
export interface Peer {
  /** Its variants for a workload, each a round that gives milliseconds per step and rejects where the library cannot. */
  rounds(workload: Workload): Promise<Map<string, Round>>;
  close(): void;
}

/** Every peer that is there; the others are said to be missing. */
export async function openPeers({ threads, say }: BenchmarkOptions): Promise<Peer[]> {
  const peers = await Promise.all([openPython('torch', threads, say)]);
  return peers.filter((peer) => peer !== null);
}
