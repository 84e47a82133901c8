/** Files of a run or a model, wherever they are kept. */
import type { CallOptions } from '../http/transport.js';

export interface FileInfo {
  /** From the root of the run or model. */
  readonly path: string;
  readonly isDir: boolean;
  /** Bytes; 0 for a folder. */
  readonly fileSize: number;
}

/** One place of artifacts. Paths are relative to it, with `/` between names. */
export interface ArtifactStore {
  /** What lies directly in `path`; nothing where there is no such folder. */
  list(path: string, options?: CallOptions): AsyncIterable<FileInfo>;
  /** Writes or replaces a file. */
  upload(path: string, content: Blob, options?: CallOptions): Promise<void>;
  /** The file as a response whose body is still to be read. @throws `RESOURCE_DOES_NOT_EXIST` */
  download(path: string, options?: CallOptions): Promise<Response>;
  /** Removes a file, or a folder with all that is in it. */
  delete(path: string, options?: CallOptions): Promise<void>;
}

/** Opens places that are not on the server: a folder of this machine, another program's store. `undefined`: not one of mine. */
export type StoreOpener = (uri: string) => ArtifactStore | undefined;

/** Time for an upload: what any call gets, and as long as a slow line (256 kB/s) needs for its bytes. */
export const uploadTimeout = (base: number, bytes: number): number => base + bytes / 256;

/** The path for a URL. */
export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export const joinPath = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');
