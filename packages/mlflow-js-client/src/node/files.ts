/** Files of this machine as artifacts, and back. */
import { createWriteStream, openAsBlob } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import PQueue from 'p-queue';
import type { ArtifactFolder, UploadOptions } from '../api/artifacts.js';
import { joinPath } from '../api/artifact-store.js';
import { messageOf, MlflowError } from '../errors.js';
import type { CallOptions } from '../http/transport.js';

/** Files on their way at once: servers before 3.10 keep each one whole in memory. */
const AT_ONCE = 4;

/** Uploads a file as it is on the disk, without reading it into memory. @returns The path it is stored at. */
export async function uploadFile(
  artifacts: ArtifactFolder,
  file: string,
  path = basename(file),
  options: UploadOptions = {},
): Promise<string> {
  let blob: Blob;
  try {
    blob = await openAsBlob(file);
  } catch (error) {
    throw new MlflowError('INVALID_ARGUMENT', { what: `The file '${file}' cannot be read`, received: messageOf(error) });
  }
  return artifacts.upload(path, blob, options);
}

/** Uploads all files below a folder, four at a time. @returns The paths they are stored at. */
export async function uploadFolder(artifacts: ArtifactFolder, folder: string, path = '', options: UploadOptions = {}): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const queue = new PQueue({ concurrency: AT_ONCE });
  const upload = (file: string): Promise<string> =>
    uploadFile(artifacts, file, joinPath(path, ...relative(folder, file).split(sep)), options);
  return (await queue.addAll(files.sort().map((file) => () => upload(file)))) as string[];
}

/** Writes an artifact to a file: it is there whole, or not at all. */
export async function downloadFile(artifacts: ArtifactFolder, path: string, file: string, options: CallOptions = {}): Promise<void> {
  const temporary = `${file}.${process.pid}.part`;
  await mkdir(dirname(file), { recursive: true });
  try {
    const { body } = await artifacts.download(path, options);
    const source = body === null ? Readable.from([]) : Readable.fromWeb(body as import('node:stream/web').ReadableStream);
    await pipeline(source, createWriteStream(temporary), { signal: options.signal });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
