/**
 * Puts a file or folder in the place of another so that a crash at any moment leaves the old one or the new one whole. What is new is
 * made beside it under a hidden name. A folder cannot take another's place in one move: the old one waits aside, under a hidden name too,
 * and is found there when a crash came between the two moves.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GradusError } from '@gradus/graph';
import { isRunning } from './process-identity.js';

/** What a folder of ours holds. The manifest goes first when one is taken away: without it a folder is no checkpoint. */
export const MANIFEST = 'manifest.json';
export const PARAMS = 'params.safetensors';
export const ARRAYS = 'state.safetensors';
export const STATE = 'state.json';
const OWN_FILES: readonly string[] = [MANIFEST, PARAMS, ARRAYS, STATE];

/** `new`: not finished, or on its way out; `old`: waits until another has its place. */
type Kind = 'new' | 'old';
const SUFFIX = { new: 'tmp', old: 'old' } as const;

/** The hidden name says which process made it, so that nobody takes away what another is just writing. */
const hiddenName = (name: string, kind: Kind): string => `.${name}.${process.pid}-${randomBytes(6).toString('hex')}.${SUFFIX[kind]}`;

interface Hidden {
  readonly name: string;
  readonly kind: Kind;
  readonly pid: number;
}

/** What a hidden name of ours says, or `null` for any other name. */
export function parseHidden(entry: string): Hidden | null {
  const match = /^\.(.+)\.(\d+)-[0-9a-f]{12}\.(tmp|old)$/s.exec(entry);
  return match === null ? null : { name: match[1], kind: match[3] === 'tmp' ? 'new' : 'old', pid: Number(match[2]) };
}

/** Hidden siblings of `path`. */
async function hiddenOf(path: string): Promise<(Hidden & { readonly path: string })[]> {
  const parent = dirname(path);
  const found = (await readdir(parent)).map((entry) => ({ path: join(parent, entry), ...parseHidden(entry) }));
  return found.filter((each): each is Hidden & { path: string } => each.name === basename(path));
}

/** The folder of the checkpoint `path`: itself, or the one that a crash left aside; `null` when there is neither. */
export async function findCheckpoint(path: string): Promise<string | null> {
  if (await exists(path)) return path;
  if (!(await exists(dirname(path)))) return null;
  for (const { path: aside, kind } of await hiddenOf(path)) {
    if (kind === 'old' && (await exists(join(aside, MANIFEST)))) return aside;
  }
  // A writer may have been between its two moves, and has made the second one meanwhile.
  return (await exists(path)) ? path : null;
}

/** Replacements under way in this process: those of one path wait for each other. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Lets `write` make a file, or the folder of a checkpoint, under a hidden name, then gives it the name `path`.
 * @param path Absolute.
 * @param write Makes what has the name it is given, and brings it to the disk.
 * @throws `DIRECTORY_FOREIGN` where a folder that is no checkpoint has the name; what `write` and the system throw.
 */
export async function replace<T>(path: string, kind: 'file' | 'folder', write: (temporary: string) => Promise<T>): Promise<T> {
  const before = underWay.get(path);
  const run = (async () => {
    await before?.catch(() => {});
    return replaceNow(path, kind, write);
  })();
  underWay.set(path, run);
  try {
    return await run;
  } finally {
    if (underWay.get(path) === run) underWay.delete(path);
  }
}

async function replaceNow<T>(path: string, kind: 'file' | 'folder', write: (temporary: string) => Promise<T>): Promise<T> {
  const parent = dirname(path);
  await mkdir(parent, { recursive: true });
  const inPlace = await exists(path);
  if (inPlace && kind === 'folder') await checkReplaceable(path);
  // While nothing has the name, one that waits aside may be all there is.
  await removeLeftovers(path, inPlace ? ['new', 'old'] : ['new']);
  const temporary = join(parent, hiddenName(basename(path), 'new'));
  let aside: string | null = null;
  try {
    const result = await write(temporary);
    if (inPlace && kind === 'folder') {
      const old = join(parent, hiddenName(basename(path), 'old'));
      await rename(path, old);
      aside = old;
    }
    await rename(temporary, path);
    await syncFolder(parent);
    // What cannot be taken away now is a leftover for the next time.
    await removeLeftovers(path, ['old']).catch(() => {});
    return result;
  } catch (error) {
    if (aside !== null && !(await exists(path))) await rename(aside, path).catch(() => {});
    await remove(temporary).catch(() => {});
    throw error;
  }
}

/** @throws `DIRECTORY_FOREIGN` unless it is a checkpoint, or an empty folder. */
async function checkReplaceable(path: string): Promise<void> {
  const entries = await readdir(path);
  const foreign = entries.filter((entry) => !OWN_FILES.includes(entry));
  if (foreign.length === 0 && (entries.length === 0 || entries.includes(MANIFEST))) return;
  throw new GradusError('DIRECTORY_FOREIGN', {
    what: `'${path}' is not replaced: it is no checkpoint`,
    received: `a folder with ${(foreign.length > 0 ? foreign : entries).slice(0, 5).join(', ')}`,
    expected: 'a name that is free, or a checkpoint',
    fix: 'Choose another name, or move the folder away.',
    data: { path, foreign },
  });
}

/** Takes away what crashed replacements of `path` left, except what belongs to another process that runs. */
export async function removeLeftovers(path: string, kinds: readonly Kind[]): Promise<void> {
  for (const hidden of await hiddenOf(path)) {
    const busy = hidden.pid !== process.pid && isRunning(hidden.pid);
    if (kinds.includes(hidden.kind) && !busy) await remove(hidden.path);
  }
}

/** Whether a folder, where it is one, holds any file of a checkpoint. */
export async function holdsOwnFiles(path: string): Promise<boolean> {
  const entries = await readdir(path).catch((error) => (error.code === 'ENOENT' ? [] : unless<string[]>('ENOTDIR', error, [])));
  return entries.some((entry) => OWN_FILES.includes(entry));
}

/** Removes a file, or of a folder what is ours and the folder if it is then empty. */
export async function remove(path: string): Promise<void> {
  const isFolder = await lstat(path).then(
    (stats) => stats.isDirectory(),
    (error) => unless('ENOENT', error, null),
  );
  if (isFolder === null) return;
  if (!isFolder) return unlink(path);
  for (const file of OWN_FILES) await unlink(join(path, file)).catch((error) => unless('ENOENT', error, undefined));
  if ((await readdir(path)).length === 0) await rmdir(path);
}

/** Takes a checkpoint away: at every moment it is whole or it is none. A file of somebody else in it stays, with the folder. */
export async function removeCheckpoint(path: string): Promise<void> {
  const entries = await readdir(path);
  if (entries.some((entry) => !OWN_FILES.includes(entry))) return remove(path);
  const leaving = join(dirname(path), hiddenName(basename(path), 'new'));
  await rename(path, leaving);
  await remove(leaving);
}

export const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error) => unless('ENOENT', error, false),
  );

function unless<T>(code: string, error: NodeJS.ErrnoException, value: T): T {
  if (error.code === code) return value;
  throw error;
}

/** Brings renames to the disk. Windows and some network file systems know no such thing. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    await folder.close();
  }
}
