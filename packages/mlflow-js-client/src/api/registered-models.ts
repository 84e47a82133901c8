/** The model registry: names under which versions of models are found. */
import { isMlflowError } from '../errors.js';
import { once } from '../http/once.js';
import { pages } from '../http/pages.js';
import type { Call, CallOptions, Transport } from '../http/transport.js';
import { textOf } from '../input/text.js';
import { toModelVersion, type ModelVersion } from './model-versions.js';
import type { SearchOptions } from './experiments.js';
import { count, entries, object, objects, record, text, textOrNone, type Json } from './wire.js';

export interface RegisteredModel {
  readonly name: string;
  readonly description: string;
  readonly creationTime: number;
  readonly lastUpdateTime: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Version by alias: `{ champion: '3' }`. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The latest version of each stage. */
  readonly latestVersions: readonly ModelVersion[];
}

const API = '/api/2.0/mlflow/registered-models';

export class RegisteredModels {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws `RESOURCE_ALREADY_EXISTS` where there is one of that name. */
  async create(
    {
      name,
      description,
      tags = {},
    }: { readonly name: string; readonly description?: string; readonly tags?: Readonly<Record<string, string>> },
    options: CallOptions = {},
  ): Promise<RegisteredModel> {
    const json = { name, description, tags: entries(tags) };
    const create = async (): Promise<RegisteredModel> => toRegisteredModel(await this.#call('POST', 'create', json, options, false));
    return once(this.#transport, { create, find: () => this.#find(name, options) }, options);
  }

  /** The model of that name, made where there is none. */
  async ensure(name: string, options: CallOptions = {}): Promise<RegisteredModel> {
    try {
      return (await this.#find(name, options)) ?? (await this.create({ name }, options));
    } catch (error) {
      if (!isMlflowError(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
      return this.get(name, options);
    }
  }

  /** @throws `RESOURCE_DOES_NOT_EXIST` */
  async get(name: string, options: CallOptions = {}): Promise<RegisteredModel> {
    return toRegisteredModel(await this.#read('get', { name }, options));
  }

  /** All models that match, asked for page by page: `filter: "name LIKE 'demo%'"`. */
  search({ filter, orderBy, pageSize = 100, ...options }: SearchOptions = {}): AsyncGenerator<RegisteredModel> {
    return pages(async (token) => {
      const page = await this.#read('search', { filter, max_results: pageSize, order_by: orderBy, page_token: token }, options);
      return { items: objects(page, 'registered_models').map(fromJson), token: textOrNone(page, 'next_page_token') };
    });
  }

  async update(name: string, { description }: { readonly description: string }, options: CallOptions = {}): Promise<void> {
    await this.#call('PATCH', 'update', { name, description }, options);
  }

  async rename(name: string, newName: string, options: CallOptions = {}): Promise<void> {
    await this.#call('POST', 'rename', { name, new_name: newName }, options, false);
  }

  /** Removes the model with all its versions. */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    await this.#call('DELETE', 'delete', { name }, options, false);
  }

  async setTag(name: string, key: string, value: unknown, options: CallOptions = {}): Promise<void> {
    await this.#call('POST', 'set-tag', { name, key, value: textOf(value) }, options);
  }

  async deleteTag(name: string, key: string, options: CallOptions = {}): Promise<void> {
    await this.#call('DELETE', 'delete-tag', { name, key }, options);
  }

  /** Lets `alias` mean this version, whatever it meant before: `models:/name@champion`. */
  async setAlias(name: string, alias: string, version: string, options: CallOptions = {}): Promise<void> {
    await this.#call('POST', 'alias', { name, alias, version: String(version) }, options);
  }

  async deleteAlias(name: string, alias: string, options: CallOptions = {}): Promise<void> {
    await this.#call('DELETE', 'alias', { name, alias }, options);
  }

  /** The version an alias means. @throws `INVALID_PARAMETER_VALUE` or `RESOURCE_DOES_NOT_EXIST`, by the version of the server, where it means none. */
  async getByAlias(name: string, alias: string, options: CallOptions = {}): Promise<ModelVersion> {
    return toModelVersion(object(await this.#read('alias', { name, alias }, options), 'model_version'));
  }

  /** The latest version of each stage. */
  async latestVersions(name: string, options: CallOptions = {}): Promise<ModelVersion[]> {
    return objects(await this.#call('POST', 'get-latest-versions', { name }, options), 'model_versions').map(toModelVersion);
  }

  async #find(name: string, options: CallOptions): Promise<RegisteredModel | undefined> {
    try {
      return await this.get(name, options);
    } catch (error) {
      if (isMlflowError(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
      throw error;
    }
  }

  #read(path: string, query: NonNullable<Call['query']>, options: CallOptions): Promise<Json> {
    return this.#transport.json({ ...options, method: 'GET', path: `${API}/${path}`, query, idempotent: true });
  }

  #call(method: Call['method'], path: string, json: Json, options: CallOptions, idempotent = true): Promise<Json> {
    return this.#transport.json({ ...options, method, path: `${API}/${path}`, json, idempotent });
  }
}

const toRegisteredModel = (answer: Json): RegisteredModel => fromJson(object(answer, 'registered_model'));

const fromJson = (json: Json): RegisteredModel => ({
  name: text(json, 'name'),
  description: text(json, 'description'),
  creationTime: count(json, 'creation_timestamp'),
  lastUpdateTime: count(json, 'last_updated_timestamp'),
  tags: record(json, 'tags'),
  aliases: Object.fromEntries(objects(json, 'aliases').map((each) => [text(each, 'alias'), text(each, 'version')])),
  latestVersions: objects(json, 'latest_versions').map(toModelVersion),
});
