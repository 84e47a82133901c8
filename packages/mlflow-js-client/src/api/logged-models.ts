/** Logged models (MLflow 3): what a run produced, with its files, params and metrics. */
import { MlflowError } from '../errors.js';
import { CLIENT_TAG, once } from '../http/once.js';
import { pages } from '../http/pages.js';
import type { Call, CallOptions, Transport } from '../http/transport.js';
import type { Metric, Sanitizer, Values } from '../input/sanitizer.js';
import { toMetric } from './entities.js';
import type { SearchOptions } from './experiments.js';
import { count, object, objects, record, text, textOrNone, type Json } from './wire.js';

export type LoggedModelStatus = 'LOGGED_MODEL_PENDING' | 'LOGGED_MODEL_READY' | 'LOGGED_MODEL_UPLOAD_FAILED';

export interface LoggedModel {
  readonly modelId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly modelType: string | undefined;
  readonly sourceRunId: string | undefined;
  readonly artifactUri: string;
  readonly status: LoggedModelStatus;
  readonly creationTime: number;
  readonly lastUpdateTime: number;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metrics: readonly Metric[];
}

export interface NewLoggedModel {
  readonly experimentId: string;
  /** Not empty, without `/ : . % " '`. */
  readonly name: string;
  readonly modelType?: string;
  readonly sourceRunId?: string;
  readonly params?: Values;
  readonly tags?: Values;
}

const API = '/api/2.0/mlflow/logged-models';

export class LoggedModels {
  readonly #transport: Transport;
  readonly #sanitizer: Sanitizer;

  constructor(transport: Transport, sanitizer: Sanitizer) {
    this.#transport = transport;
    this.#sanitizer = sanitizer;
  }

  /**
   * A new model, `LOGGED_MODEL_PENDING` until {@link finalize}; its files go to `artifacts.ofModel(modelId)`. A tag with a random key
   * makes sure that a lost answer does not leave a second one behind.
   *
   * @throws `ENDPOINT_NOT_FOUND` before MLflow 3: put the files below the run, and use `runs.logModel`.
   */
  async create(model: NewLoggedModel, options: CallOptions = {}): Promise<LoggedModel> {
    const { name, experimentId, modelType, sourceRunId, params = {}, tags = {} } = model;
    if (name === '' || /[/:.%"']/.test(name)) {
      throw new MlflowError('INVALID_ARGUMENT', {
        what: 'The name of a logged model is not usable',
        received: `'${name}'`,
        expected: `a text that is not empty and has none of / : . % " '`,
      });
    }
    const key = typeof tags[CLIENT_TAG] === 'string' ? tags[CLIENT_TAG] : crypto.randomUUID();
    const json = {
      experiment_id: experimentId,
      name,
      model_type: modelType,
      source_run_id: sourceRunId,
      params: this.#sanitizer.params(params),
      tags: this.#sanitizer.tags({ ...tags, [CLIENT_TAG]: key }),
    };
    const create = async (): Promise<LoggedModel> => one(await this.#call('POST', '', json, options, false));
    return once(this.#transport, { create, find: () => this.findByKey(experimentId, key, options) }, options);
  }

  /** The model that was created with this client key (tag `mlflow-js-client.key`), if there is one. */
  async findByKey(experimentId: string, key: string, options: CallOptions = {}): Promise<LoggedModel | undefined> {
    const filter = `tags.\`${CLIENT_TAG}\` = '${key.replaceAll("'", '')}'`;
    for await (const model of this.search({ ...options, experimentIds: [experimentId], filter })) return model;
    return undefined;
  }

  /** @throws `RESOURCE_DOES_NOT_EXIST` */
  async get(modelId: string, options: CallOptions = {}): Promise<LoggedModel> {
    return one(await this.#transport.json({ ...options, method: 'GET', path: pathOf(modelId), idempotent: true }));
  }

  /** Says that its files are all there, or that they never will be. */
  async finalize(
    modelId: string,
    status: Exclude<LoggedModelStatus, 'LOGGED_MODEL_PENDING'>,
    options: CallOptions = {},
  ): Promise<LoggedModel> {
    return one(await this.#call('PATCH', modelId, { model_id: modelId, status }, options));
  }

  /** Params of a model are set once, as those of a run. */
  async logParams(modelId: string, params: Values, options: CallOptions = {}): Promise<void> {
    // The server wants the id in the body too.
    await this.#call('POST', `${modelId}/params`, { model_id: modelId, params: this.#sanitizer.params(params) }, options);
  }

  async setTags(modelId: string, tags: Values, options: CallOptions = {}): Promise<void> {
    await this.#call('PATCH', `${modelId}/tags`, { model_id: modelId, tags: this.#sanitizer.tags(tags) }, options);
  }

  async deleteTag(modelId: string, key: string, options: CallOptions = {}): Promise<void> {
    const path = `${pathOf(modelId)}/tags/${encodeURIComponent(key)}`;
    await this.#transport.json({ ...options, method: 'DELETE', path, json: {}, idempotent: false });
  }

  async delete(modelId: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.json({ ...options, method: 'DELETE', path: pathOf(modelId), json: {}, idempotent: false });
  }

  /** All models that match, asked for page by page: `filter: "params.lr = '0.1'"`. */
  search({
    experimentIds,
    filter,
    pageSize = 50,
    ...options
  }: Omit<SearchOptions, 'orderBy'> & { readonly experimentIds: readonly string[] }): AsyncGenerator<LoggedModel> {
    return pages(async (token) => {
      const json = { experiment_ids: experimentIds, filter, max_results: pageSize, page_token: token };
      const page = await this.#call('POST', 'search', json, options);
      return { items: objects(page, 'models').map(fromJson), token: textOrNone(page, 'next_page_token') };
    });
  }

  #call(method: Call['method'], path: string, json: Json, options: CallOptions, idempotent = true): Promise<Json> {
    return this.#transport.json({ ...options, method, path: path === '' ? API : `${API}/${path}`, json, idempotent });
  }
}

const pathOf = (modelId: string): string => `${API}/${encodeURIComponent(modelId)}`;

const one = (answer: Json): LoggedModel => fromJson(object(answer, 'model'));

function fromJson(json: Json): LoggedModel {
  const info = object(json, 'info');
  const data = object(json, 'data');
  return {
    modelId: text(info, 'model_id'),
    experimentId: text(info, 'experiment_id'),
    name: text(info, 'name'),
    modelType: textOrNone(info, 'model_type'),
    sourceRunId: textOrNone(info, 'source_run_id'),
    artifactUri: text(info, 'artifact_uri'),
    status: (textOrNone(info, 'status') ?? 'LOGGED_MODEL_PENDING') as LoggedModelStatus,
    creationTime: count(info, 'creation_timestamp_ms'),
    lastUpdateTime: count(info, 'last_updated_timestamp_ms'),
    params: record(data, 'params'),
    tags: record(info, 'tags'),
    metrics: objects(data, 'metrics').map(toMetric),
  };
}
