/** A model of a spool on a server: as a logged model of MLflow 3, or as files of the run before that; then into the registry. */
import { openAsBlob } from 'node:fs';
import type { ArtifactFolder } from '../api/artifacts.js';
import { joinPath } from '../api/artifact-store.js';
import type { LoggedModel } from '../api/logged-models.js';
import type { MlflowClient } from '../client.js';
import { CLIENT_TAG } from '../http/once.js';
import type { CallOptions } from '../http/transport.js';
import type { Entry } from '../input/sanitizer.js';
import type { ModelRecord } from './records.js';
import { isUnknown } from './refusals.js';

interface ModelRun {
  readonly runId: string;
  readonly experimentId: string;
  readonly artifacts: ArtifactFolder;
}

/** Doing it twice makes one model and one version: both carry the key of the record. */
export async function deliverModel(client: MlflowClient, run: ModelRun, model: ModelRecord, options: CallOptions): Promise<void> {
  const logged = await loggedModel(client, run, model, options);
  if (logged === undefined) await upload(model, run.artifacts, model.name, options);
  else {
    if (logged.status !== 'LOGGED_MODEL_READY') {
      await upload(model, client.artifacts.at(logged.artifactUri), '', options);
      await client.loggedModels.finalize(logged.modelId, 'LOGGED_MODEL_READY', options);
    }
    await client.runs.logOutputs(run.runId, [{ modelId: logged.modelId, step: model.step }], options);
  }
  if (logged === undefined && model.description !== undefined) await describe(client, run.runId, model, options);
  if (model.registeredName !== undefined) await register(client, run, model, model.registeredName, logged, options);
}

/** `undefined` where the server is too old for logged models. */
async function loggedModel(
  client: MlflowClient,
  run: ModelRun,
  model: ModelRecord,
  options: CallOptions,
): Promise<LoggedModel | undefined> {
  try {
    const found = await client.loggedModels.findByKey(run.experimentId, model.key, options);
    if (found !== undefined) return found;
    const { name, modelType, params } = model;
    const tags = { ...valuesOf(model.tags), [CLIENT_TAG]: model.key };
    const made = { experimentId: run.experimentId, name, modelType, sourceRunId: run.runId, params: valuesOf(params), tags };
    return await client.loggedModels.create(made, options);
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

async function upload(model: ModelRecord, artifacts: ArtifactFolder, folder: string, options: CallOptions): Promise<void> {
  for (const { path, file } of model.files) await artifacts.upload(joinPath(folder, path), await openAsBlob(file), options);
}

/** The server adds to a list each time, so that list is looked at first. */
async function describe(client: MlflowClient, runId: string, model: ModelRecord, options: CallOptions): Promise<void> {
  const { data } = await client.runs.get(runId, options);
  const history = data.tags['mlflow.log-model.history'] ?? '';
  // The server wants the time as Python prints it.
  const created = new Date().toISOString().replace('T', ' ').replace('Z', '000');
  const description = {
    ...{ artifact_path: model.name, run_id: runId, utc_time_created: created, flavors: {} },
    ...model.description,
    model_uuid: model.key,
  };
  if (!history.includes(JSON.stringify(model.key))) await client.runs.logModel(runId, description, options);
}

async function register(
  client: MlflowClient,
  run: ModelRun,
  model: ModelRecord,
  name: string,
  logged: LoggedModel | undefined,
  options: CallOptions,
): Promise<void> {
  await client.registeredModels.ensure(name, options);
  const where =
    logged === undefined
      ? { source: `${run.artifacts.uri}/${model.name}` }
      : { source: `models:/${logged.modelId}`, modelId: logged.modelId };
  const version =
    (await client.modelVersions.findByKey(name, model.key, options)) ??
    (await client.modelVersions.create({ name, ...where, runId: run.runId, tags: { [CLIENT_TAG]: model.key } }, options));
  if (model.alias !== undefined) await client.registeredModels.setAlias(name, model.alias, version.version, options);
}

const valuesOf = (entries: readonly Entry[]): Record<string, string> => Object.fromEntries(entries.map(({ key, value }) => [key, value]));
