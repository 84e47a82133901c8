/** Artifacts behind an HTTP server: MLflow's own artifact proxy, or another address that speaks as it does. */
import type { CallOptions, Transport } from '../http/transport.js';
import { encodePath, joinPath, uploadTimeout, type ArtifactStore, type FileInfo } from './artifact-store.js';
import type { ArtifactOptions } from './artifacts.js';
import { uploadInParts } from './multipart.js';
import { count, objects, text } from './wire.js';

const FILES = '/api/2.0/mlflow-artifacts/artifacts';

/** From this size on an upload in parts is tried. Default of MLflow's Python client. */
const MULTIPART_FROM = 500_000_000;

const PART_SIZE = 10_000_000;

export class ProxiedStore implements ArtifactStore {
  readonly #transport: Transport;
  readonly #base: string;
  readonly #folder: string;
  readonly #multipartFrom: number;
  readonly #partSize: number;

  /**
   * @param base The server of the proxy: '' for the tracking server itself, else `https://host[/prefix]`.
   * @param folder Below the root of the proxy.
   */
  constructor(
    transport: Transport,
    base: string,
    folder: string,
    { multipartFrom = MULTIPART_FROM, partSize = PART_SIZE }: Pick<ArtifactOptions, 'multipartFrom' | 'partSize'>,
  ) {
    this.#transport = transport;
    this.#base = base;
    this.#folder = folder;
    this.#multipartFrom = multipartFrom;
    this.#partSize = partSize;
  }

  async *list(path: string, options: CallOptions = {}): AsyncGenerator<FileInfo> {
    const query = { path: joinPath(this.#folder, path) };
    const json = await this.#transport.json({ ...options, method: 'GET', path: `${this.#base}${FILES}`, query, idempotent: true });
    for (const file of objects(json, 'files')) {
      yield { path: joinPath(path, text(file, 'path')), isDir: file.is_dir === true, fileSize: count(file, 'file_size') };
    }
  }

  async upload(path: string, content: Blob, options: CallOptions = {}): Promise<void> {
    const timeout = options.timeout ?? uploadTimeout(this.#transport.timeout, content.size);
    const all = { ...options, timeout };
    if (content.size >= this.#multipartFrom) {
      const [folder, name] = parent(joinPath(this.#folder, path));
      if (await uploadInParts(this.#transport, this.#base, { folder, name }, content, this.#partSize, all)) return;
    }
    const headers = { 'content-type': content.type || 'application/octet-stream' };
    await this.#transport.text({ ...all, method: 'PUT', path: this.#url(path), body: content, headers, idempotent: true });
  }

  download(path: string, options: CallOptions = {}): Promise<Response> {
    return this.#transport.response({ ...options, method: 'GET', path: this.#url(path), idempotent: true });
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.text({ ...options, method: 'DELETE', path: this.#url(path), idempotent: true });
  }

  #url(path: string): string {
    return `${this.#base}${FILES}/${encodePath(joinPath(this.#folder, path))}`;
  }
}

/** `a/b/c.txt` is `a/b` and `c.txt`. */
function parent(path: string): [folder: string, name: string] {
  const at = path.lastIndexOf('/');
  return at === -1 ? ['', path] : [path.slice(0, at), path.slice(at + 1)];
}
