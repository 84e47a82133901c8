/** Versions of registered models. */
import { CLIENT_TAG, once } from '../http/once.js';
import { pages } from '../http/pages.js';
import type { Call, CallOptions, Transport } from '../http/transport.js';
import { textOf } from '../input/text.js';
import type { SearchOptions } from './experiments.js';
import { count, entries, object, objects, record, text, textOrNone, type Json } from './wire.js';

export interface ModelVersion {
  readonly name: string;
  /** A number, as a text. */
  readonly version: string;
  readonly source: string;
  readonly runId: string | undefined;
  readonly modelId: string | undefined;
  readonly description: string;
  /** `READY`, `PENDING_REGISTRATION` or `FAILED_REGISTRATION`. */
  readonly status: string;
  /** `None`, `Staging`, `Production` or `Archived`; MLflow recommends aliases instead. */
  readonly stage: string;
  readonly creationTime: number;
  readonly lastUpdateTime: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
}

export interface NewModelVersion {
  readonly name: string;
  /** Where its files are: `models:/m-…` (MLflow 3), or a URI below the artifacts of the run. */
  readonly source: string;
  readonly runId?: string;
  readonly modelId?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const API = '/api/2.0/mlflow/model-versions';

export class ModelVersions {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** A new version; a tag with a random key makes sure that a lost answer does not leave a second one behind. */
  async create(
    { name, source, runId, modelId, description, tags = {} }: NewModelVersion,
    options: CallOptions = {},
  ): Promise<ModelVersion> {
    const key = tags[CLIENT_TAG] ?? crypto.randomUUID();
    const json = { name, source, run_id: runId, model_id: modelId, description, tags: entries({ ...tags, [CLIENT_TAG]: key }) };
    const create = async (): Promise<ModelVersion> => one(await this.#call('POST', 'create', json, options, false));
    return once(this.#transport, { create, find: () => this.findByKey(name, key, options) }, options);
  }

  /** The version that was created with this client key (tag `mlflow-js-client.key`), if there is one. */
  async findByKey(name: string, key: string, options: CallOptions = {}): Promise<ModelVersion | undefined> {
    for await (const version of this.search({ ...options, filter: `name = '${name.replaceAll("'", "''")}'` })) {
      if (version.tags[CLIENT_TAG] === key) return version;
    }
    return undefined;
  }

  /** @throws `RESOURCE_DOES_NOT_EXIST` */
  async get(name: string, version: string, options: CallOptions = {}): Promise<ModelVersion> {
    return one(await this.#read('get', { name, version }, options));
  }

  /** All versions that match, asked for page by page: `filter: "name = 'demo'"`. */
  search({ filter, orderBy, pageSize = 100, ...options }: SearchOptions = {}): AsyncGenerator<ModelVersion> {
    return pages(async (token) => {
      const page = await this.#read('search', { filter, max_results: pageSize, order_by: orderBy, page_token: token }, options);
      return { items: objects(page, 'model_versions').map(toModelVersion), token: textOrNone(page, 'next_page_token') };
    });
  }

  async update(name: string, version: string, { description }: { readonly description: string }, options: CallOptions = {}): Promise<void> {
    await this.#call('PATCH', 'update', { name, version, description }, options);
  }

  async delete(name: string, version: string, options: CallOptions = {}): Promise<void> {
    await this.#call('DELETE', 'delete', { name, version }, options, false);
  }

  async setTag(name: string, version: string, key: string, value: unknown, options: CallOptions = {}): Promise<void> {
    await this.#call('POST', 'set-tag', { name, version, key, value: textOf(value) }, options);
  }

  async deleteTag(name: string, version: string, key: string, options: CallOptions = {}): Promise<void> {
    await this.#call('DELETE', 'delete-tag', { name, version, key }, options);
  }

  /** @deprecated MLflow recommends aliases (`registeredModels.setAlias`) in place of stages. */
  async transitionStage(
    name: string,
    version: string,
    stage: 'None' | 'Staging' | 'Production' | 'Archived',
    { archiveExisting = false, ...options }: CallOptions & { readonly archiveExisting?: boolean } = {},
  ): Promise<ModelVersion> {
    return one(await this.#call('POST', 'transition-stage', { name, version, stage, archive_existing_versions: archiveExisting }, options));
  }

  /** The URI of its files. */
  async downloadUri(name: string, version: string, options: CallOptions = {}): Promise<string> {
    return text(await this.#read('get-download-uri', { name, version }, options), 'artifact_uri');
  }

  #read(path: string, query: NonNullable<Call['query']>, options: CallOptions): Promise<Json> {
    return this.#transport.json({ ...options, method: 'GET', path: `${API}/${path}`, query, idempotent: true });
  }

  #call(method: Call['method'], path: string, json: Json, options: CallOptions, idempotent = true): Promise<Json> {
    return this.#transport.json({ ...options, method, path: `${API}/${path}`, json, idempotent });
  }
}

const one = (answer: Json): ModelVersion => toModelVersion(object(answer, 'model_version'));

export const toModelVersion = (json: Json): ModelVersion => ({
  name: text(json, 'name'),
  version: text(json, 'version'),
  source: text(json, 'source'),
  runId: textOrNone(json, 'run_id'),
  modelId: textOrNone(json, 'model_id'),
  description: text(json, 'description'),
  status: text(json, 'status'),
  stage: text(json, 'current_stage'),
  creationTime: count(json, 'creation_timestamp'),
  lastUpdateTime: count(json, 'last_updated_timestamp'),
  tags: record(json, 'tags'),
  aliases: (json.aliases ?? []) as readonly string[],
});
