/** Takes a checkpoint away. */
import { dirname, resolve } from 'node:path';
import { unwritable } from './problems.js';
import { exists, removeCheckpoint as takeAway, removeLeftovers } from './replace.js';

/**
 * Removes what `saveCheckpoint` wrote, and what crashes left of it: at every moment it is whole or it is none. Files of others in the
 * folder stay, with it; where there is nothing, nothing happens.
 * @throws `CHECKPOINT_UNWRITABLE` when the disk fails.
 */
export async function removeCheckpoint(path: string): Promise<void> {
  const target = resolve(path);
  try {
    if (await exists(target)) await takeAway(target);
    if (await exists(dirname(target))) await removeLeftovers(target, ['new', 'old']);
  } catch (error) {
    throw unwritable(target, error);
  }
}
