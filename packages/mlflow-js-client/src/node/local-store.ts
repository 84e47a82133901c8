/** Artifacts in a folder of this machine. */
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { existsSync, openAsBlob } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { joinPath, type ArtifactStore, type FileInfo } from '../api/artifact-store.js';
import { messageOf, MlflowError } from '../errors.js';

export class LocalStore implements ArtifactStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async *list(path: string): AsyncGenerator<FileInfo> {
    const folder = join(this.#root, path);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const isDir = entry.isDirectory();
      yield { path: joinPath(path, entry.name), isDir, fileSize: isDir ? 0 : (await stat(join(folder, entry.name))).size };
    }
  }

  async upload(path: string, content: Blob): Promise<void> {
    await this.#place(path, async (temporary) => {
      const file = await open(temporary, 'w');
      try {
        // As chunks, because a blob may be larger than the memory.
        for await (const chunk of content.stream()) await file.write(chunk as Uint8Array);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }

  /** As {@link upload}, for a file that is on this machine already. */
  async copy(path: string, file: string): Promise<void> {
    await this.#place(path, (temporary) => copyFile(file, temporary));
  }

  async download(path: string): Promise<Response> {
    try {
      return new Response(await openAsBlob(join(this.#root, path)));
    } catch (error) {
      throw new MlflowError('RESOURCE_DOES_NOT_EXIST', { what: `There is no artifact '${path}'`, received: messageOf(error) });
    }
  }

  async delete(path: string): Promise<void> {
    await rm(join(this.#root, path), { recursive: true, force: true });
  }

  /** Writes beside the target and renames: a reader sees the whole file or none. */
  async #place(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
    const target = join(this.#root, path);
    const temporary = `${target}.${process.pid}.part`;
    try {
      await mkdir(dirname(target), { recursive: true });
      await write(temporary);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      // A path that can never be, or a disk that may be well later.
      const hopeless = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '');
      throw new MlflowError(hopeless ? 'INVALID_ARGUMENT' : 'SPOOL_UNUSABLE', {
        what: `The artifact '${path}' cannot be written to '${this.#root}'`,
        received: messageOf(error),
      });
    }
  }
}

/** The folder that a URI names on this machine: `file:///…`, `file:relative`, or a bare path. `undefined` for any other URI. */
export function localPath(uri: string): string | undefined {
  if (/^file:\/\//i.test(uri)) return fileURLToPath(uri);
  if (/^file:/i.test(uri)) return resolve(decodeURIComponent(uri.slice('file:'.length)));
  // A letter and a colon is a drive, more letters are a scheme.
  return /^[a-z][a-z0-9+.-]+:/i.test(uri) ? undefined : resolve(uri);
}

/**
 * Opens the folders that a server names, where they are this machine's: its own server's, or one that is there.
 *
 * @param server The tracking URI.
 */
export function localStores(server: string): (uri: string) => ArtifactStore | undefined {
  const same = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(server).hostname);
  return (uri) => {
    const path = uri === '' ? undefined : localPath(uri);
    return path !== undefined && (same || existsSync(path)) ? new LocalStore(path) : undefined;
  };
}
