/** One run of a tree `mlruns`. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { RunStatus } from '../api/entities.js';
import { isMlflowError, messageOf } from '../errors.js';
import { CLIENT_TAG } from '../http/once.js';
import type { Entry, Metric } from '../input/sanitizer.js';
import { cut } from '../input/text.js';
import { localPath, LocalStore } from '../node/local-store.js';
import type { ModelRecord, RunHeader } from '../spool/records.js';
import type { Refusal, RunTarget } from '../spool/target.js';
import { appendPoints, readPoints } from './metric-file.js';
import { md5, replaceFile } from './tree.js';
import { writeYaml } from './yaml.js';

/** What changes in the description of a run. Times are unix milliseconds. */
export interface RunMeta {
  readonly status: number;
  readonly startTime: number;
  readonly endTime: number | null;
  readonly runName: string;
  readonly userId: string;
  readonly artifactUri: string;
}

const STATUS: Readonly<Record<RunStatus, number>> = { RUNNING: 1, SCHEDULED: 2, FINISHED: 3, FAILED: 4, KILLED: 5 };

export class FileRun implements RunTarget {
  readonly runId: string;
  readonly experimentId: string;
  readonly isNew: boolean;
  readonly #folder: string;
  readonly #refuse: Refusal;
  readonly #artifacts: LocalStore | undefined;
  #meta: RunMeta;

  constructor(
    folder: string,
    ids: { readonly runId: string; readonly experimentId: string; readonly isNew: boolean },
    meta: RunMeta,
    refuse: Refusal,
  ) {
    this.#folder = folder;
    this.runId = ids.runId;
    this.experimentId = ids.experimentId;
    this.isNew = ids.isNew;
    this.#meta = meta;
    this.#refuse = refuse;
    const path = localPath(meta.artifactUri);
    this.#artifacts = path === undefined ? undefined : new LocalStore(path);
  }

  /** Makes its folders; its description last, because with it the run is there. */
  async create(header: RunHeader): Promise<void> {
    for (const name of ['metrics', 'params', 'tags', 'artifacts']) await mkdir(join(this.#folder, name), { recursive: true });
    await this.#writeTags([...header.tags, { key: 'mlflow.runName', value: this.#meta.runName }, { key: CLIENT_TAG, value: header.key }]);
    await this.update({});
  }

  async logMetrics(metrics: readonly Metric[]): Promise<void> {
    const byKey = new Map<string, Metric[]>();
    for (const metric of metrics) byKey.set(metric.key, [...(byKey.get(metric.key) ?? []), metric]);
    for (const [key, points] of byKey) await this.#keyed(`metric '${key}'`, () => appendPoints(join(this.#folder, 'metrics', key), points));
  }

  async logParams(params: readonly Entry[]): Promise<void> {
    for (const { key, value } of params) {
      const path = join(this.#folder, 'params', key);
      const before = await readFile(path, 'utf8').catch(() => undefined);
      if (before === undefined) await this.#keyed(`param '${key}'`, () => replaceFile(path, value));
      else if (before !== value) {
        await this.setTags([{ key: `param.changed.${key}`, value }]);
        this.#refuse(`param '${key}'`, `it is '${cut(before, 80)}' already; the new value is the tag 'param.changed.${key}'`);
      }
    }
  }

  async setTags(tags: readonly Entry[]): Promise<void> {
    await this.#writeTags(tags);
    const name = tags.find(({ key }) => key === 'mlflow.runName')?.value;
    if (name !== undefined) await this.update({ runName: name });
  }

  async deleteTag(key: string): Promise<void> {
    await rm(join(this.#folder, 'tags', key), { force: true });
  }

  async logInputs({ datasets, modelIds }: Parameters<RunTarget['logInputs']>[0]): Promise<void> {
    for (const { dataset, context, tags = {} } of datasets) {
      const { name, digest, sourceType, source, schema = '', profile = '' } = dataset;
      const id = md5(`${name} ${digest}`);
      const description = { digest, name, profile, schema, source, source_type: sourceType };
      await replaceFile(join(dirname(this.#folder), 'datasets', id, 'meta.yaml'), writeYaml(description));
      const all = { ...tags, ...(context !== undefined && { 'mlflow.data.context': context }) };
      await this.#link('inputs', md5(id + this.runId), {
        source_id: id,
        source_type: 'DATASET',
        destination_id: this.runId,
        destination_type: 'RUN',
        tags: all,
      });
    }
    if (modelIds.length > 0) this.#refuse('input models', 'a tree of files keeps datasets only');
  }

  async logOutputs({ models }: Parameters<RunTarget['logOutputs']>[0]): Promise<void> {
    for (const { modelId, step } of models) {
      const link = {
        source_id: this.runId,
        source_type: 'RUN_OUTPUT',
        destination_id: modelId,
        destination_type: 'MODEL_OUTPUT',
        step,
        tags: {},
      };
      await this.#link('outputs', modelId, link);
    }
  }

  async logArtifact(path: string, file: string): Promise<void> {
    if (this.#artifacts === undefined)
      return this.#refuse(`artifact '${path}'`, `its experiment keeps artifacts at '${this.#meta.artifactUri}'`);
    try {
      await this.#artifacts.copy(path, file);
    } catch (error) {
      if (!isMlflowError(error, 'INVALID_ARGUMENT')) throw error;
      this.#refuse(`artifact '${path}'`, messageOf(error));
    }
  }

  async logModel(model: ModelRecord, folder: string): Promise<void> {
    for (const { path, file } of model.files) await this.logArtifact(`${model.name}/${path}`, resolve(folder, file));
    if (model.description !== undefined) {
      const description = { artifact_path: model.name, run_id: this.runId, ...model.description, model_uuid: model.key };
      await this.setTags([{ key: 'mlflow.log-model.history', value: JSON.stringify([description]) }]);
    }
    if (model.registeredName !== undefined)
      this.#refuse(`version of '${model.registeredName}'`, 'models are registered with a server only');
  }

  logTrace({ name }: Parameters<RunTarget['logTrace']>[0]): Promise<void> {
    this.#refuse(`trace '${name}'`, 'traces are kept by a server only');
    return Promise.resolve();
  }

  async update({ status, endTime, runName }: Parameters<RunTarget['update']>[0]): Promise<void> {
    this.#meta = {
      ...this.#meta,
      ...(status !== undefined && { status: STATUS[status] }),
      ...(endTime !== undefined && { endTime }),
      ...(runName !== undefined && { runName }),
    };
    if (runName !== undefined) await this.#writeTags([{ key: 'mlflow.runName', value: runName }]);
    const { startTime, artifactUri, userId } = this.#meta;
    const meta = {
      artifact_uri: artifactUri,
      end_time: this.#meta.endTime,
      entry_point_name: '',
      experiment_id: this.experimentId,
      lifecycle_stage: 'active',
      run_id: this.runId,
      run_name: this.#meta.runName,
      run_uuid: this.runId,
      source_name: '',
      source_type: 4,
      source_version: '',
      start_time: startTime,
      status: this.#meta.status,
      user_id: userId,
    };
    await replaceFile(join(this.#folder, 'meta.yaml'), `${writeYaml(meta)}tags: []\n`);
  }

  history(key: string): AsyncIterable<Metric> {
    return readPoints(join(this.#folder, 'metrics', key), key);
  }

  async #writeTags(tags: readonly Entry[]): Promise<void> {
    for (const { key, value } of tags) await this.#keyed(`tag '${key}'`, () => replaceFile(join(this.#folder, 'tags', key), value));
  }

  async #link(kind: 'inputs' | 'outputs', id: string, meta: Parameters<typeof writeYaml>[0]): Promise<void> {
    await replaceFile(join(this.#folder, kind, id, 'meta.yaml'), writeYaml(meta));
  }

  /** A key is a path here, so that `a` and `a/b` cannot both be. */
  async #keyed(what: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENAMETOOLONG') this.#refuse(what, 'the name of a file cannot be as long');
      else if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'EISDIR')
        this.#refuse(what, 'in a tree of files no key can be the beginning of another one');
      else throw error;
    }
  }
}
