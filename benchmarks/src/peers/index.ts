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

const openers = {
  torch: (threads, say) => openPython('torch', threads, say),
  jax: (threads, say) => openPython('jax', threads, say),
  tfjs: openTfjs,
  'jax-js': openJaxJs,
} satisfies Record<string, (threads: number, say: (line: string) => void) => Promise<Peer | null>>;

export const peerNames: readonly string[] = Object.keys(openers);

/** Those of the named peers that are there; the others are said to be missing. */
export async function openPeers(names: readonly string[], threads: number, say: (line: string) => void): Promise<Peer[]> {
  const peers = await Promise.all(names.map((name) => openers[name as keyof typeof openers](threads, say)));
  return peers.filter((peer) => peer !== null);
}
