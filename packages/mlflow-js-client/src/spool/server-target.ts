/** A server as the target of a spool. */
import { openAsBlob } from 'node:fs';
import { resolve } from 'node:path';
import type { ArtifactFolder } from '../api/artifacts.js';
import type { Run } from '../api/entities.js';
import type { MlflowClient } from '../client.js';
import { isMlflowError, messageOf, MlflowError } from '../errors.js';
import { CLIENT_TAG } from '../http/once.js';
import type { CallOptions } from '../http/transport.js';
import { MAX_TAG_VALUE_BEFORE_2_17 } from '../input/limits.js';
import type { Entry, Metric } from '../input/sanitizer.js';
import { cut } from '../input/text.js';
import type { ModelRecord, RunHeader } from './records.js';
import { isRefusal, isUnknown, sendSplitting } from './refusals.js';
import { deliverModel } from './server-model.js';
import type { Refusal, RunTarget, Target } from './target.js';

/** After so many failures of its own in a row the server may mean what we send. */
const SUSPICIOUS = 3;

export class ServerTarget implements Target {
  readonly #client: MlflowClient;
  readonly #options: CallOptions;

  /** @param signal Ends every request. */
  constructor(client: MlflowClient, signal?: AbortSignal) {
    this.#client = client;
    // Whoever delivers tries again, and looks first what arrived.
    this.#options = { retries: 0, signal };
  }

  get uri(): string {
    return this.#client.uri;
  }

  async open(header: RunHeader, known: { readonly runId: string } | undefined, refuse: Refusal): Promise<RunTarget> {
    const { run, isNew } = await this.#find(header, known?.runId ?? header.runId);
    if (run.info.lifecycleStage === 'deleted') throw deleted(run.info.runId);
    return new ServerRun(this.#client, { run, isNew, key: run.data.tags[CLIENT_TAG] ?? header.key }, this.#options, refuse);
  }

  async #find(header: RunHeader, runId: string | undefined): Promise<{ run: Run; isNew: boolean }> {
    const { runs, experiments } = this.#client;
    if (runId !== undefined) return { run: await runs.get(runId, this.#options), isNew: false };
    const { experimentName, runName, startTime, userId } = header;
    const experimentId = header.experimentId ?? (await experiments.ensure(experimentName ?? 'Default', this.#options)).experimentId;
    const found = await runs.findByKey(experimentId, header.key, this.#options);
    if (found !== undefined) return { run: found, isNew: false };
    const tags = { ...Object.fromEntries(header.tags.map(({ key, value }) => [key, value])), [CLIENT_TAG]: header.key };
    return { run: await runs.create({ experimentId, runName, startTime, tags, userId }, this.#options), isNew: true };
  }
}

const deleted = (runId: string): MlflowError =>
  new MlflowError('INVALID_STATE', {
    what: `The run ${runId} is deleted on the server`,
    received: 'lifecycle stage deleted',
    fix: `Restore it (client.runs.restore('${runId}')); what the spool has for it is kept.`,
  });

class ServerRun implements RunTarget {
  readonly runId: string;
  readonly experimentId: string;
  readonly isNew: boolean;
  readonly #client: MlflowClient;
  readonly #options: CallOptions;
  readonly #refuse: Refusal;
  readonly #artifacts: ArtifactFolder;
  readonly #key: string;
  /** Failures in a row, by kind of request. */
  readonly #failures = { metrics: 0, params: 0, tags: 0 };

  /** @param at The run, whether it was made just now, and its client key. */
  constructor(client: MlflowClient, at: { run: Run; isNew: boolean; key: string }, options: CallOptions, refuse: Refusal) {
    const { run, isNew, key } = at;
    this.runId = run.info.runId;
    this.experimentId = run.info.experimentId;
    this.isNew = isNew;
    this.#key = key;
    this.#client = client;
    this.#options = options;
    this.#refuse = refuse;
    this.#artifacts = client.artifacts.at(run.info.artifactUri, this.runId);
  }

  async logMetrics(metrics: readonly Metric[]): Promise<void> {
    const refused = await this.#send('metrics', metrics, (part) =>
      this.#client.runs.logBatch(this.runId, { metrics: part }, this.#options),
    );
    for (const { item, error } of refused) this.#refuse(`metric '${item.key}' of step ${item.step}`, error.received ?? error.message);
  }

  async logParams(params: readonly Entry[]): Promise<void> {
    const send = (part: readonly Entry[]): Promise<void> =>
      this.#client.runs.logBatch(this.runId, { params: valuesOf(part) }, this.#options);
    const [first, later] = firstsAndOthers(params);
    const refused = [...(await this.#send('params', first, send)), ...later.map((item) => ({ item, error: undefined }))];
    if (refused.length === 0) return;
    // A param is set once. Another value is kept as a tag, where it can be seen.
    const { data } = await this.#client.runs.get(this.runId, this.#options);
    for (const { item, error } of refused) {
      const before = data.params[item.key];
      if (before === item.value) continue;
      if (before === undefined) this.#refuse(`param '${item.key}'`, error?.received ?? error?.message ?? 'its first value was');
      else {
        await this.setTags([{ key: `param.changed.${item.key}`, value: item.value }]);
        this.#refuse(`param '${item.key}'`, `it is '${cut(before, 80)}' already; the new value is the tag 'param.changed.${item.key}'`);
      }
    }
  }

  async setTags(tags: readonly Entry[]): Promise<void> {
    const send = (part: readonly Entry[]): Promise<void> => this.#client.runs.logBatch(this.runId, { tags: valuesOf(part) }, this.#options);
    for (const { item, error } of await this.#send('tags', tags, send)) {
      const short = cut(item.value, MAX_TAG_VALUE_BEFORE_2_17);
      if (short !== item.value && (await sendSplitting([{ ...item, value: short }], send)).length === 0) {
        this.#refuse(`the end of tag '${item.key}'`, `this server takes ${MAX_TAG_VALUE_BEFORE_2_17} characters`);
      } else this.#refuse(`tag '${item.key}'`, error.received ?? error.message);
    }
  }

  async deleteTag(key: string): Promise<void> {
    await this.#client.runs.deleteTag(this.runId, key, this.#options).catch((error: unknown) => {
      // It is gone already, which is what was asked.
      if (!isMlflowError(error, 'RESOURCE_DOES_NOT_EXIST')) throw error;
    });
  }

  async logInputs({ datasets, modelIds }: Parameters<RunTarget['logInputs']>[0]): Promise<void> {
    await this.#orRefuse('inputs', () => this.#client.runs.logInputs(this.runId, { datasets, modelIds }, this.#options));
  }

  async logOutputs({ models }: Parameters<RunTarget['logOutputs']>[0]): Promise<void> {
    await this.#orRefuse('outputs', () => this.#client.runs.logOutputs(this.runId, models, this.#options));
  }

  async logArtifact(path: string, file: string): Promise<void> {
    let content: Blob;
    try {
      content = await openAsBlob(file);
    } catch (error) {
      this.#refuse(`artifact '${path}'`, `its file cannot be read: ${messageOf(error)}`);
      return;
    }
    await this.#orRefuse(`artifact '${path}'`, () => this.#artifacts.upload(path, content, this.#options));
  }

  async logModel(model: ModelRecord, folder: string): Promise<void> {
    const files = model.files.map(({ path, file }) => ({ path, file: resolve(folder, file) }));
    const run = { runId: this.runId, experimentId: this.experimentId, artifacts: this.#artifacts };
    await this.#orRefuse(`model '${model.name}'`, () => deliverModel(this.#client, run, { ...model, files }, this.#options));
  }

  async logTrace(trace: Parameters<RunTarget['logTrace']>[0]): Promise<void> {
    const whole = { ...trace, experimentId: this.experimentId, runId: this.runId };
    await this.#orRefuse(`trace '${trace.name}'`, () => this.#client.traces.log(whole, this.#options));
  }

  async update(update: Parameters<RunTarget['update']>[0]): Promise<void> {
    await this.#orRefuse('status', () => this.#client.runs.update(this.runId, update, this.#options));
  }

  history(key: string): AsyncIterable<Metric> {
    return this.#client.runs.metricHistory(this.runId, key, this.#options);
  }

  /** Sends a batch and finds out which of its items the server refuses. */
  async #send<T>(
    kind: 'metrics' | 'params' | 'tags',
    items: readonly T[],
    send: (items: readonly T[]) => Promise<void>,
  ): Promise<{ item: T; error: MlflowError }[]> {
    let asked = false;
    const splits = async (error: unknown): Promise<boolean> => {
      if (isMlflowError(error) && error.status === 500 && this.#failures[kind] >= SUSPICIOUS) {
        await this.#mustWrite();
        return true;
      }
      if (!isRefusal(error)) return false;
      if (!asked) await this.#mustBeActive();
      asked = true;
      return true;
    };
    try {
      const refused = await sendSplitting(items, send, splits);
      this.#failures[kind] = 0;
      return refused;
    } catch (error) {
      if (isMlflowError(error) && error.status === 500) this.#failures[kind]++;
      throw error;
    }
  }

  async #orRefuse(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const ours = isMlflowError(error, 'UNSUPPORTED') || isMlflowError(error, 'INVALID_ARGUMENT');
      if (!ours && !isRefusal(error) && !isUnknown(error)) throw error;
      await this.#mustBeActive();
      // What an older server has no place for is told once.
      this.#refuse(what, messageOf(error), isUnknown(error) ? (error as MlflowError).endpoint : undefined);
    }
  }

  /** Throws where the server cannot write anything, which is not the fault of what we send. */
  async #mustWrite(): Promise<void> {
    await this.#client.runs.setTag(this.runId, CLIENT_TAG, this.#key, this.#options);
  }

  async #mustBeActive(): Promise<void> {
    const { info } = await this.#client.runs.get(this.runId, this.#options);
    if (info.lifecycleStage === 'deleted') throw deleted(this.runId);
  }
}

const valuesOf = (entries: readonly Entry[]): Record<string, string> => Object.fromEntries(entries.map(({ key, value }) => [key, value]));

/** A server refuses a request that names a param twice. */
function firstsAndOthers(params: readonly Entry[]): [firsts: Entry[], others: Entry[]] {
  const seen = new Map<string, Entry>();
  for (const param of params) if (!seen.has(param.key)) seen.set(param.key, param);
  return [[...seen.values()], params.filter((param) => seen.get(param.key) !== param)];
}
