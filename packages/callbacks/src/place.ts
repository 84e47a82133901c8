/** Where a callback writes: text is a place inside a folder that it cannot leave, a `file:` URL a place anywhere. */
import { isAbsolute, join, normalize, resolve, win32 } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rule } from '@gradus/core';
import { GradusError } from '@gradus/graph';

/** A path that configuration may hold, or a URL, which only code can give. */
export const place: Rule = {
  expected: 'a relative path that stays inside its folder, or a file: URL',
  accepts: (v) => (v instanceof URL ? v.protocol === 'file:' : typeof v === 'string' && staysInside(v)),
};

/** Whether a path is relative and does not lead out of its folder, on any system. */
function staysInside(path: string): boolean {
  if (path === '' || path.includes('\0') || isAbsolute(path) || win32.isAbsolute(path) || /^[A-Za-z]:/.test(path)) return false;
  const parts = normalize(path.replaceAll('\\', '/')).split('/');
  return parts[0] !== '..' && parts.at(-1) !== '' && parts[0] !== '.';
}

/** The absolute path of a place in the run's folder. @throws `INVALID_ARGUMENT` for text in a run that leaves none. */
export function locateInRun(owner: string, path: string | URL, folder: string | null): string {
  if (path instanceof URL) return fileURLToPath(path);
  if (folder !== null) return join(folder, path);
  throw new GradusError('INVALID_ARGUMENT', {
    what: `${owner} has no place for '${path}'`,
    received: 'a path inside the run folder, in a run that leaves none',
    expected: 'a run folder, or a file: URL',
    fix: "Leave out run: false, or give pathToFileURL('…') of node:url.",
  });
}

/** The absolute path of a place in the working directory. */
export const locate = (path: string | URL): string => (path instanceof URL ? fileURLToPath(path) : resolve(path));
