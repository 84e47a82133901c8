/** Files of runs and models: where they are, and the few things one does with them. */
import { isMlflowError, MlflowError } from '../errors.js';
import type { CallOptions, Transport } from '../http/transport.js';
import { safeArtifactPath } from '../input/text.js';
import type { Warnings } from '../input/warnings.js';
import type { ArtifactStore, FileInfo, StoreOpener } from './artifact-store.js';
import { ProxiedStore } from './proxied-store.js';
import type { Runs } from './runs.js';
import { TrackedStore } from './tracked-store.js';
import { object, text } from './wire.js';

export interface ArtifactOptions {
  /** Asked first where artifacts are not on the server: see `mlflow-js-client/node` for folders of this machine. */
  readonly openStore?: StoreOpener;
  /** Bytes from which an upload in parts is tried. Default: 500 000 000, as MLflow's Python client. */
  readonly multipartFrom?: number;
  /** Bytes of a part at least; object stores take no less than 5 MB. Default: 10 000 000. */
  readonly partSize?: number;
}

/** Content of a file: text is written as UTF-8. */
export type Content = Blob | Uint8Array | string;

export interface UploadOptions extends CallOptions {
  /** Whether to look afterwards that the stored size is right. Default: for files of 1 MiB and more, where one more request costs little. */
  readonly verify?: boolean;
}

export class Artifacts {
  readonly #transport: Transport;
  readonly #runs: Runs;
  readonly #warnings: Warnings;
  readonly #options: ArtifactOptions;

  constructor(transport: Transport, runs: Runs, warnings: Warnings, options: ArtifactOptions) {
    this.#transport = transport;
    this.#runs = runs;
    this.#warnings = warnings;
    this.#options = options;
  }

  /** The artifacts of a run. */
  async ofRun(runId: string, options: CallOptions = {}): Promise<ArtifactFolder> {
    const { info } = await this.#runs.get(runId, options);
    return this.at(info.artifactUri, runId);
  }

  /** MLflow 3: the artifacts of a logged model. */
  async ofModel(modelId: string, options: CallOptions = {}): Promise<ArtifactFolder> {
    const path = `/api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}`;
    const json = await this.#transport.json({ ...options, method: 'GET', path, idempotent: true });
    return this.at(text(object(object(json, 'model'), 'info'), 'artifact_uri'));
  }

  /**
   * The artifacts at a URI that the server gave.
   *
   * @param runId Where the store is not reached over HTTP: the run whose files they are, for what the server offers in place of it.
   * @throws `UNSUPPORTED` where neither is possible.
   */
  at(uri: string, runId?: string): ArtifactFolder {
    const tracked = runId === undefined ? undefined : new TrackedStore(this.#transport, runId, uri);
    return new ArtifactFolder(uri, this.#open(uri) ?? tracked ?? this.#unsupported(uri), tracked, this.#warnings);
  }

  #open(uri: string): ArtifactStore | undefined {
    const own = this.#options.openStore?.(uri);
    if (own !== undefined) return own;
    // mlflow-artifacts:/path is on the tracking server; mlflow-artifacts://host/path on another one of the same protocol.
    const proxied = /^mlflow-artifacts:(?:\/\/([^/]+))?\/*(.*)$/.exec(uri);
    if (proxied !== null) {
      const [, host, folder] = proxied;
      const base = host === undefined ? '' : `${new URL(this.#transport.base).protocol}//${host}`;
      return new ProxiedStore(this.#transport, base, trimmed(folder), this.#options);
    }
    const web = /^(https?:\/\/.*?)\/api\/2\.0\/mlflow-artifacts\/artifacts\/?(.*)$/.exec(uri);
    if (web !== null) {
      const base = web[1] === this.#transport.base ? '' : web[1];
      return new ProxiedStore(this.#transport, base, trimmed(decodeURIComponent(web[2])), this.#options);
    }
    return undefined;
  }

  #unsupported(uri: string): never {
    throw new MlflowError('UNSUPPORTED', {
      what: 'These artifacts are in a store that cannot be reached over HTTP',
      received: `'${this.#transport.secrets.redact(uri)}'`,
      expected: 'mlflow-artifacts: or http(s):',
      fix: 'Start the server with --serve-artifacts; for a folder of this machine use connect() of `mlflow-js-client/node`.',
    });
  }
}

const trimmed = (path: string): string => path.replace(/^\/+|\/+$/g, '');

/** The artifacts of one run or model. */
export class ArtifactFolder {
  /** As the server names it. */
  readonly uri: string;
  readonly #store: ArtifactStore;
  readonly #other: ArtifactStore | undefined;
  readonly #warnings: Warnings;

  /** @param other Another way to the same files, for names that an old proxy stumbles over. */
  constructor(uri: string, store: ArtifactStore, other: ArtifactStore | undefined, warnings: Warnings) {
    this.uri = uri;
    this.#store = store;
    this.#other = other;
    this.#warnings = warnings;
  }

  /** What lies directly in a folder. Default: in the root. Nothing where there is no such folder. */
  async *list(path = '', options: CallOptions = {}): AsyncGenerator<FileInfo, void, undefined> {
    yield* this.#store.list(path === '' ? '' : this.#safe(path), options);
  }

  /** All files below a folder. */
  async *walk(path = '', options: CallOptions = {}): AsyncGenerator<FileInfo, void, undefined> {
    for await (const file of this.list(path, options)) {
      if (file.isDir) yield* this.walk(file.path, options);
      else yield file;
    }
  }

  /**
   * Writes or replaces a file; its length is declared, which some servers need to store anything at all.
   *
   * @returns The path it is stored at: another one, with a warning, where no store takes `path`.
   * @throws `ARTIFACT_CORRUPT` where the stored size is not that of `content`.
   */
  async upload(path: string, content: Content, { verify, ...options }: UploadOptions = {}): Promise<string> {
    const safe = this.#safe(path);
    const blob =
      content instanceof Blob
        ? content
        : new Blob([content as Uint8Array<ArrayBuffer> | string], typeof content === 'string' ? { type: 'text/plain' } : {});
    await this.#store.upload(safe, blob, options);
    if (verify ?? blob.size >= 2 ** 20) await this.#verify(safe, blob.size, options);
    return safe;
  }

  /** A file as a response: `await (await artifacts.download('a.json')).json()`. @throws `RESOURCE_DOES_NOT_EXIST` */
  async download(path: string, options: CallOptions = {}): Promise<Response> {
    const safe = this.#safe(path);
    try {
      return await this.#store.download(safe, { ...options, retries: 0 });
    } catch (error) {
      if (!isMlflowError(error) || (!error.uncertain && error.status !== 429)) throw error;
      // To an old server a file that is not there is a failure of its own: trying again would take minutes and change nothing.
      if (error.status === 500 && (await this.#sizeOf(safe, options)) === undefined) {
        throw new MlflowError('RESOURCE_DOES_NOT_EXIST', { what: `There is no artifact '${safe}'`, status: 404, endpoint: error.endpoint });
      }
      return (error.status === 500 ? (this.#other ?? this.#store) : this.#store).download(safe, options);
    }
  }

  /** Removes a file, or a folder with all that is in it. Servers before 3.0 remove folders only. */
  async delete(path: string, options: CallOptions = {}): Promise<void> {
    await this.#store.delete(this.#safe(path), options);
  }

  async #verify(path: string, size: number, options: CallOptions): Promise<void> {
    const stored = await this.#sizeOf(path, options);
    if (stored === size) return;
    throw new MlflowError('ARTIFACT_CORRUPT', {
      what: `The artifact '${path}' is not stored as it was sent`,
      received: stored === undefined ? 'no such file' : `a file of ${stored} bytes`,
      expected: `${size} bytes`,
      fix: 'Look for a proxy between here and the server that drops the body or its length.',
    });
  }

  async #sizeOf(path: string, options: CallOptions): Promise<number | undefined> {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    for await (const file of this.#store.list(folder, options)) if (file.path === path) return file.fileSize;
    return undefined;
  }

  #safe(path: string): string {
    const safe = safeArtifactPath(path);
    if (safe === undefined) {
      throw new MlflowError('INVALID_ARGUMENT', {
        what: 'An artifact needs a path',
        received: `'${path}'`,
        expected: 'names with / between them',
      });
    }
    if (safe !== path.replace(/^\/+|\/+$/g, ''))
      this.#warnings.once(`artifact ${path}`, `artifact '${path}' is stored as '${safe}': stores refuse other paths`);
    return safe;
  }
}
