/** The errors of this package that several files give, and how it warns. */
import { basename, dirname } from 'node:path';
import { GradusError, isGradusError } from '@gradus/graph';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @param path The file that is damaged, inside of its checkpoint. */
export const corrupt = (path: string, reason: string, cause?: unknown): GradusError =>
  new GradusError('CHECKPOINT_CORRUPT', {
    what: `The checkpoint '${dirname(path)}' is damaged`,
    received: `${basename(path)}: ${reason}`,
    expected: 'files as they were written',
    fix: 'Go back to an older checkpoint; CheckpointDirectory.latest() finds the newest that is whole.',
    cause,
    data: { path: dirname(path), file: basename(path) },
  });

export const notFound = (path: string, received: string): GradusError =>
  new GradusError('CHECKPOINT_NOT_FOUND', {
    what: `There is no checkpoint at '${path}'`,
    received,
    expected: 'a folder that saveCheckpoint made, or a .safetensors file where parameters are enough',
    data: { path },
  });

/** What to say when reading failed for a reason of the system. Coded errors stay as they are. */
export function unreadable(path: string, error: unknown): GradusError {
  if (isGradusError(error)) return error;
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return notFound(path, 'nothing of that name');
  return new GradusError('CHECKPOINT_UNREADABLE', {
    what: `'${path}' cannot be read`,
    received: messageOf(error),
    expected: 'a file or folder that this process may read',
    cause: error,
    data: { path },
  });
}

/** What to say when writing failed for a reason of the system. Coded errors stay as they are. */
export function unwritable(path: string, error: unknown): GradusError {
  if (isGradusError(error)) return error;
  return new GradusError('CHECKPOINT_UNWRITABLE', {
    what: `'${path}' cannot be written`,
    received: messageOf(error),
    expected: 'a place where files can be made, with space left',
    fix: 'Make room or choose another place; what was there before is untouched.',
    cause: error,
    data: { path },
  });
}

/** Tells of something that stops nothing. */
export const warn = (problem: GradusError): void => process.emitWarning(problem.message, { code: problem.code });
