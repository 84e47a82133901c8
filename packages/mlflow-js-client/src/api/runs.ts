/** Runs: their life, what they log, and what was logged. */
import { MlflowError } from '../errors.js';
import { CLIENT_TAG, once } from '../http/once.js';
import { pages } from '../http/pages.js';
import type { CallOptions, Transport } from '../http/transport.js';
import { MAX_HISTORY_PAGE } from '../input/limits.js';
import type { Metric, MetricInput, Sanitizer, Values } from '../input/sanitizer.js';
import { textOf } from '../input/text.js';
import { wireDatasetInput, type DatasetInputGiven } from './datasets.js';
import { RUN_STATUSES, toMetric, toRun, toRunInfo, type Run, type RunInfo, type RunStatus } from './entities.js';
import type { SearchOptions, ViewType } from './experiments.js';
import { logBatch, type Batch } from './log-batch.js';
import { object, objects, textOrNone, type Json } from './wire.js';

export interface NewRun {
  readonly experimentId: string;
  /** Default: the server makes one up. */
  readonly runName?: string;
  /** Default: now. */
  readonly startTime?: number | Date;
  readonly tags?: Values;
  /** Shown as the run's user. Default: none. */
  readonly userId?: string;
}

export interface RunUpdate {
  readonly status?: RunStatus;
  readonly endTime?: number | Date;
  readonly runName?: string;
}

const API = '/api/2.0/mlflow/runs';

export class Runs {
  readonly #transport: Transport;
  readonly #sanitizer: Sanitizer;

  constructor(transport: Transport, sanitizer: Sanitizer) {
    this.#transport = transport;
    this.#sanitizer = sanitizer;
  }

  /** A new run, whose status is `RUNNING`. A tag with a random key makes sure that a lost answer does not leave a second one behind. */
  async create(run: NewRun, options: CallOptions = {}): Promise<Run> {
    const key = typeof run.tags?.[CLIENT_TAG] === 'string' ? run.tags[CLIENT_TAG] : crypto.randomUUID();
    const tags = this.#sanitizer.tags({ ...run.tags, [CLIENT_TAG]: key });
    const runName = run.runName ?? tags.find((tag) => tag.key === 'mlflow.runName')?.value;
    const json = {
      experiment_id: run.experimentId,
      run_name: runName === undefined ? undefined : textOf(runName),
      // Without it the server stores 1970.
      start_time: Math.round(Number(run.startTime ?? Date.now())),
      user_id: run.userId,
      // The server refuses a name that differs from the tag of the name.
      tags: tags.filter((tag) => tag.key !== 'mlflow.runName'),
    };
    const create = async (): Promise<Run> => toRun(object(await this.#post('create', json, options, false), 'run'));
    return once(this.#transport, { create, find: () => this.findByKey(run.experimentId, key, options) }, options);
  }

  /** The run that was created with this client key (tag `mlflow-js-client.key`), if there is one; deleted ones too. */
  async findByKey(experimentId: string, key: string, options: CallOptions = {}): Promise<Run | undefined> {
    const filter = `tags.\`${CLIENT_TAG}\` = '${key.replaceAll("'", '')}'`;
    for await (const run of this.search({ ...options, experimentIds: [experimentId], filter, viewType: 'ALL', pageSize: 2 })) return run;
    return undefined;
  }

  /** @throws `RESOURCE_DOES_NOT_EXIST` */
  async get(runId: string, options: CallOptions = {}): Promise<Run> {
    const query = { run_id: runId };
    return toRun(object(await this.#transport.json({ ...options, method: 'GET', path: `${API}/get`, query, idempotent: true }), 'run'));
  }

  /** Changes status, end or name. */
  async update(runId: string, { status, endTime, runName }: RunUpdate, options: CallOptions = {}): Promise<RunInfo> {
    if (status !== undefined && !RUN_STATUSES.includes(status)) {
      // The server would answer 200 and change nothing.
      throw new MlflowError('INVALID_ARGUMENT', {
        what: 'A run has no such status',
        received: `'${String(status)}'`,
        expected: RUN_STATUSES.join(', '),
      });
    }
    const json = {
      run_id: runId,
      status,
      end_time: endTime === undefined ? undefined : Math.round(Number(endTime)),
      run_name: runName === undefined ? undefined : textOf(runName),
    };
    return toRunInfo(object(await this.#post('update', json, options), 'run_info'));
  }

  /** Hides a run; {@link restore} brings it back. Nothing can be logged to it meanwhile. */
  async delete(runId: string, options: CallOptions = {}): Promise<void> {
    await this.#post('delete', { run_id: runId }, options);
  }

  async restore(runId: string, options: CallOptions = {}): Promise<void> {
    await this.#post('restore', { run_id: runId }, options);
  }

  /** All runs that match, asked for page by page. */
  search({
    experimentIds,
    filter,
    orderBy,
    viewType,
    pageSize = 1000,
    ...options
  }: SearchOptions & { readonly experimentIds: readonly string[]; readonly viewType?: ViewType }): AsyncGenerator<Run> {
    return pages(async (token) => {
      const json = {
        experiment_ids: experimentIds,
        filter,
        run_view_type: viewType,
        max_results: pageSize,
        order_by: orderBy,
        page_token: token,
      };
      const page = await this.#post('search', json, options);
      return { items: objects(page, 'runs').map(toRun), token: textOrNone(page, 'next_page_token') };
    });
  }

  /**
   * Logs metrics, params and tags, in as many requests as the server's limits ask for.
   *
   * A request whose fate is unknown is not sent again by itself: a server on a file store would keep its points twice. On a
   * database, the usual case, it may be sent again: `assumeDatabase: true`. The spool of `mlflow-js-client/node` finds out by itself.
   */
  async logBatch(runId: string, batch: Batch, options: CallOptions & { readonly assumeDatabase?: boolean } = {}): Promise<void> {
    await logBatch(this.#transport, this.#sanitizer, runId, batch, options);
  }

  async logMetric(
    runId: string,
    key: string,
    value: MetricInput['value'],
    more: Omit<MetricInput, 'key' | 'value'> = {},
    options: CallOptions = {},
  ): Promise<void> {
    await this.logBatch(runId, { metrics: [{ ...more, key, value }] }, options);
  }

  /** A param can be set once: the same value again is fine. @throws `INVALID_PARAMETER_VALUE` for another value. */
  async logParam(runId: string, key: string, value: unknown, options: CallOptions = {}): Promise<void> {
    await this.logBatch(runId, { params: { [key]: value } }, options);
  }

  async setTag(runId: string, key: string, value: unknown, options: CallOptions = {}): Promise<void> {
    await this.logBatch(runId, { tags: { [key]: value } }, options);
  }

  /** @throws `RESOURCE_DOES_NOT_EXIST` where the run has no such tag. */
  async deleteTag(runId: string, key: string, options: CallOptions = {}): Promise<void> {
    await this.#post('delete-tag', { run_id: runId, key }, options, false);
  }

  /** What went into a run: datasets, and (MLflow 3) logged models. The same dataset twice is one input. */
  async logInputs(
    runId: string,
    { datasets = [], modelIds = [] }: { readonly datasets?: readonly DatasetInputGiven[]; readonly modelIds?: readonly string[] },
    options: CallOptions = {},
  ): Promise<void> {
    const models = modelIds.length === 0 ? undefined : modelIds.map((id) => ({ model_id: id }));
    await this.#post('log-inputs', { run_id: runId, datasets: datasets.map(wireDatasetInput), models }, options);
  }

  /** MLflow 3: which logged models came out of a run, and at which step. */
  async logOutputs(
    runId: string,
    models: readonly { readonly modelId: string; readonly step?: number }[],
    options: CallOptions = {},
  ): Promise<void> {
    const json = { run_id: runId, models: models.map(({ modelId, step = 0 }) => ({ model_id: modelId, step: Math.round(step) })) };
    await this.#transport.json({ ...options, method: 'POST', path: `${API}/outputs`, json, idempotent: true });
  }

  /** MLflow 2: says that the artifacts of a run hold a model. `model` is the content of its `MLmodel` file. */
  async logModel(runId: string, model: Readonly<Record<string, unknown>>, options: CallOptions = {}): Promise<void> {
    await this.#post('log-model', { run_id: runId, model_json: JSON.stringify(model) }, options, false);
  }

  /** Every point of one metric, in the server's order. */
  metricHistory(
    runId: string,
    key: string,
    { pageSize = MAX_HISTORY_PAGE, ...options }: CallOptions & { readonly pageSize?: number } = {},
  ): AsyncGenerator<Metric> {
    return pages(async (token) => {
      // Without max_results some versions answer nothing and promise a next page for ever.
      const query = { run_id: runId, metric_key: key, max_results: pageSize, page_token: token };
      const page: Json = await this.#transport.json({
        ...options,
        method: 'GET',
        path: '/api/2.0/mlflow/metrics/get-history',
        query,
        idempotent: true,
      });
      return { items: objects(page, 'metrics').map(toMetric), token: textOrNone(page, 'next_page_token') };
    });
  }

  #post(name: string, json: Json, options: CallOptions, idempotent = true): Promise<Json> {
    return this.#transport.json({ ...options, method: 'POST', path: `${API}/${name}`, json, idempotent });
  }
}
