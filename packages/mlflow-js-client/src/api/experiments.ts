/** Experiments: groups of runs. */
import { MlflowError, isMlflowError } from '../errors.js';
import { pages } from '../http/pages.js';
import { once } from '../http/once.js';
import type { CallOptions, Transport } from '../http/transport.js';
import { MAX_EXPERIMENT_NAME } from '../input/limits.js';
import type { Sanitizer, Values } from '../input/sanitizer.js';
import { textOf } from '../input/text.js';
import { toExperiment, type Experiment } from './entities.js';
import { object, objects, text, textOrNone, type Json } from './wire.js';

export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

/** What a search asks for. */
export interface SearchOptions extends CallOptions {
  /** MLflow's search language: `tags.team = 'a' and name LIKE 'demo%'`. */
  readonly filter?: string;
  /** `['creation_time DESC']`. */
  readonly orderBy?: readonly string[];
  /** Items asked for at once. Default: 1000. It is no limit: break out of the loop, or use `toArray`. */
  readonly pageSize?: number;
}

export interface DatasetSummary {
  readonly experimentId: string;
  readonly name: string;
  readonly digest: string;
  readonly context: string | undefined;
}

const API = '/api/2.0/mlflow/experiments';

export class Experiments {
  readonly #transport: Transport;
  readonly #sanitizer: Sanitizer;

  constructor(transport: Transport, sanitizer: Sanitizer) {
    this.#transport = transport;
    this.#sanitizer = sanitizer;
  }

  /**
   * The id of a new experiment.
   *
   * @param name At most 500 characters; no other experiment, not even a deleted one, may have it.
   * @throws `RESOURCE_ALREADY_EXISTS` where one has that name.
   */
  async create(
    { name, artifactLocation, tags = {} }: { readonly name: string; readonly artifactLocation?: string; readonly tags?: Values },
    options: CallOptions = {},
  ): Promise<string> {
    if (typeof name !== 'string' || name.trim() === '' || name.length > MAX_EXPERIMENT_NAME) {
      throw new MlflowError('INVALID_ARGUMENT', {
        what: 'The name of an experiment is not usable',
        received: typeof name === 'string' ? `${name.length} characters` : String(name),
        expected: `1 to ${MAX_EXPERIMENT_NAME} characters`,
      });
    }
    const json = { name: textOf(name), artifact_location: artifactLocation, tags: this.#sanitizer.tags(tags) };
    const create = async (): Promise<string> =>
      text(await this.#transport.json({ ...options, method: 'POST', path: `${API}/create`, json, idempotent: false }), 'experiment_id');
    const find = async (): Promise<string | undefined> => {
      const experiment = await this.getByName(name, options);
      return experiment?.lifecycleStage === 'active' ? experiment.experimentId : undefined;
    };
    return once(this.#transport, { create, find }, options);
  }

  /** @throws `RESOURCE_DOES_NOT_EXIST` */
  async get(experimentId: string, options: CallOptions = {}): Promise<Experiment> {
    const query = { experiment_id: experimentId };
    return toExperiment(
      object(await this.#transport.json({ ...options, method: 'GET', path: `${API}/get`, query, idempotent: true }), 'experiment'),
    );
  }

  /** The experiment of that name, deleted ones too (look at `lifecycleStage`), or `undefined`. */
  async getByName(name: string, options: CallOptions = {}): Promise<Experiment | undefined> {
    const query = { experiment_name: textOf(name) };
    try {
      const json = await this.#transport.json({ ...options, method: 'GET', path: `${API}/get-by-name`, query, idempotent: true });
      return toExperiment(object(json, 'experiment'));
    } catch (error) {
      if (isMlflowError(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
      throw error;
    }
  }

  /**
   * The experiment of that name, made where there is none. Two programs that do it at once get the same one.
   *
   * @throws `RESOURCE_CONFLICT` where the experiment is deleted: nothing can be logged to it.
   */
  async ensure(name: string, options: CallOptions = {}): Promise<Experiment> {
    let experiment = await this.getByName(name, options);
    if (experiment === undefined) {
      try {
        return await this.get(await this.create({ name }, options), options);
      } catch (error) {
        if (!isMlflowError(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
        experiment = await this.getByName(name, options);
        if (experiment === undefined) throw error;
      }
    }
    if (experiment.lifecycleStage === 'active') return experiment;
    throw new MlflowError('RESOURCE_CONFLICT', {
      what: `The experiment '${name}' is deleted`,
      received: `experiment ${experiment.experimentId}`,
      fix: `Restore it (client.experiments.restore('${experiment.experimentId}')), or choose another name.`,
    });
  }

  /** All experiments that match, asked for page by page. */
  search({
    filter,
    orderBy,
    pageSize = 1000,
    viewType,
    ...options
  }: SearchOptions & { readonly viewType?: ViewType } = {}): AsyncGenerator<Experiment> {
    return pages(async (token) => {
      const json = { filter, order_by: orderBy, max_results: pageSize, view_type: viewType, page_token: token };
      const page = await this.#post('search', json, options);
      return { items: objects(page, 'experiments').map(toExperiment), token: textOrNone(page, 'next_page_token') };
    });
  }

  async rename(experimentId: string, name: string, options: CallOptions = {}): Promise<void> {
    await this.#post('update', { experiment_id: experimentId, new_name: textOf(name) }, options);
  }

  async delete(experimentId: string, options: CallOptions = {}): Promise<void> {
    await this.#post('delete', { experiment_id: experimentId }, options, false);
  }

  async restore(experimentId: string, options: CallOptions = {}): Promise<void> {
    await this.#post('restore', { experiment_id: experimentId }, options, false);
  }

  async setTag(experimentId: string, key: string, value: unknown, options: CallOptions = {}): Promise<void> {
    for (const tag of this.#sanitizer.tags({ [key]: value })) {
      await this.#post('set-experiment-tag', { experiment_id: experimentId, ...tag }, options);
    }
  }

  /** Since MLflow 3. */
  async deleteTag(experimentId: string, key: string, options: CallOptions = {}): Promise<void> {
    await this.#post('delete-experiment-tag', { experiment_id: experimentId, key }, options, false);
  }

  /** The datasets that runs of these experiments used. */
  async searchDatasets(experimentIds: readonly string[], options: CallOptions = {}): Promise<DatasetSummary[]> {
    // Under /api the server knows this path only with a typing mistake in it.
    const path = '/ajax-api/2.0/mlflow/experiments/search-datasets';
    const json = { experiment_ids: experimentIds };
    const answer: Json = await this.#transport.json({ ...options, method: 'POST', path, json, idempotent: true });
    return objects(answer, 'dataset_summaries').map((summary) => ({
      experimentId: text(summary, 'experiment_id'),
      name: text(summary, 'name'),
      digest: text(summary, 'digest'),
      context: textOrNone(summary, 'context'),
    }));
  }

  #post(name: string, json: Json, options: CallOptions, idempotent = true): Promise<Json> {
    return this.#transport.json({ ...options, method: 'POST', path: `${API}/${name}`, json, idempotent });
  }
}
