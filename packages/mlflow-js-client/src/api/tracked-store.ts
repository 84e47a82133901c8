/** Artifacts of a run in a store that only the server reaches: read through the tracking server, written to only in small files. */
import { MlflowError } from '../errors.js';
import { pages } from '../http/pages.js';
import type { CallOptions, Transport } from '../http/transport.js';
import type { ArtifactStore, FileInfo } from './artifact-store.js';
import { count, objects, text, textOrNone } from './wire.js';

/** The server takes no larger file this way. */
const LIMIT = 10_000_000;

export class TrackedStore implements ArtifactStore {
  readonly #transport: Transport;
  readonly #runId: string;
  readonly #uri: string;

  constructor(transport: Transport, runId: string, uri: string) {
    this.#transport = transport;
    this.#runId = runId;
    this.#uri = uri;
  }

  list(path: string, options: CallOptions = {}): AsyncGenerator<FileInfo> {
    return pages(async (token) => {
      const query = { run_id: this.#runId, path: path || undefined, page_token: token };
      const page = await this.#transport.json({
        ...options,
        method: 'GET',
        path: '/api/2.0/mlflow/artifacts/list',
        query,
        idempotent: true,
      });
      const items = objects(page, 'files').map((file) => ({
        path: text(file, 'path'),
        isDir: file.is_dir === true,
        fileSize: count(file, 'file_size'),
      }));
      return { items, token: textOrNone(page, 'next_page_token') };
    });
  }

  async upload(path: string, content: Blob, options: CallOptions = {}): Promise<void> {
    if (content.size > LIMIT) throw this.#unsupported(`a file of ${content.size} bytes`, `files of at most ${LIMIT} bytes`);
    const query = { run_uuid: this.#runId, path };
    const call = {
      ...options,
      query,
      body: content,
      method: 'POST',
      path: '/ajax-api/2.0/mlflow/upload-artifact',
      idempotent: true,
    } as const;
    await this.#transport.text(call);
  }

  download(path: string, options: CallOptions = {}): Promise<Response> {
    const query = { run_id: this.#runId, path };
    return this.#transport.response({ ...options, method: 'GET', path: '/get-artifact', query, idempotent: true });
  }

  delete(path: string): Promise<void> {
    return Promise.reject(this.#unsupported(`a request to delete '${path}'`, 'reading, and writing of small files'));
  }

  #unsupported(received: string, expected: string): MlflowError {
    return new MlflowError('UNSUPPORTED', {
      what: `The artifacts of run ${this.#runId} are at '${this.#transport.secrets.redact(this.#uri)}', which only the server reaches`,
      received,
      expected,
      fix: 'Start the server with --serve-artifacts and --artifacts-destination, or use a client of that store.',
    });
  }
}
