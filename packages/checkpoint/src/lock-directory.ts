/** Makes a directory that of one run, for whoever writes into it by its own rules. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DirectoryLock } from './directory-lock.js';
import { unwritable } from './problems.js';

/**
 * Takes the lock of a directory, which is made where it is missing. The end of the process releases it, too.
 * @param owner Who takes it, in words for whoever finds it locked.
 * @throws `DIRECTORY_IN_USE` when another run has it, also one in this process; `CHECKPOINT_UNWRITABLE` when the disk fails.
 */
export async function lockDirectory(directory: string, owner: string): Promise<{ release(): void }> {
  const path = resolve(directory);
  try {
    await mkdir(path, { recursive: true });
    return await DirectoryLock.take(path, owner);
  } catch (error) {
    throw unwritable(path, error);
  }
}
