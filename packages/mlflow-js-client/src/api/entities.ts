/** What the server keeps: experiments, runs and what belongs to them. Times are unix milliseconds. */
import { fromWireNumber, type Metric } from '../input/sanitizer.js';
import { count, countOrNone, object, objects, record, text, textOrNone, type Json } from './wire.js';

export type LifecycleStage = 'active' | 'deleted';

export interface Experiment {
  readonly experimentId: string;
  readonly name: string;
  /** Where the artifacts of its runs go, as a URI. */
  readonly artifactLocation: string;
  readonly lifecycleStage: LifecycleStage;
  readonly creationTime: number | undefined;
  readonly lastUpdateTime: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export const toExperiment = (json: Json): Experiment => ({
  experimentId: text(json, 'experiment_id'),
  name: text(json, 'name'),
  artifactLocation: text(json, 'artifact_location'),
  lifecycleStage: text(json, 'lifecycle_stage') === 'deleted' ? 'deleted' : 'active',
  creationTime: countOrNone(json, 'creation_time'),
  lastUpdateTime: countOrNone(json, 'last_update_time'),
  tags: record(json, 'tags'),
});

/** `SCHEDULED` waits to begin; `KILLED` was ended from outside. */
export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export const RUN_STATUSES: readonly RunStatus[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

export interface RunInfo {
  readonly runId: string;
  readonly experimentId: string;
  readonly runName: string;
  readonly userId: string;
  readonly status: RunStatus;
  readonly startTime: number;
  readonly endTime: number | undefined;
  /** Where its artifacts go, as a URI. */
  readonly artifactUri: string;
  readonly lifecycleStage: LifecycleStage;
}

export interface RunData {
  /** The latest point by key: the one with the largest step, then timestamp, then value. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A dataset, as MLflow describes it: `schema` and `profile` are JSON texts. */
export interface Dataset {
  readonly name: string;
  /** At most 36 characters that change with the content. */
  readonly digest: string;
  /** `local`, `http`, `s3`, `hugging_face`, `code`, … */
  readonly sourceType: string;
  /** JSON text: `{"uri":"…"}`. */
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
}

export interface DatasetInput {
  readonly dataset: Dataset;
  /** What it was used for: `training`, `validation`, … */
  readonly context?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Run {
  readonly info: RunInfo;
  readonly data: RunData;
  readonly inputs: {
    readonly datasets: readonly DatasetInput[];
    /** MLflow 3: models that went in. */
    readonly modelIds: readonly string[];
  };
  /** MLflow 3: models that came out. */
  readonly outputs: { readonly models: readonly { readonly modelId: string; readonly step: number }[] };
}

export function toRun(json: Json): Run {
  const data = object(json, 'data');
  const inputs = object(json, 'inputs');
  return {
    info: toRunInfo(object(json, 'info')),
    data: {
      metrics: Object.fromEntries(objects(data, 'metrics').map((metric) => [text(metric, 'key'), toMetric(metric)])),
      params: record(data, 'params'),
      tags: record(data, 'tags'),
    },
    inputs: {
      datasets: objects(inputs, 'dataset_inputs').map(toDatasetInput),
      modelIds: objects(inputs, 'model_inputs').map((model) => text(model, 'model_id')),
    },
    outputs: {
      models: objects(object(json, 'outputs'), 'model_outputs').map((model) => ({
        modelId: text(model, 'model_id'),
        step: count(model, 'step'),
      })),
    },
  };
}

export const toRunInfo = (json: Json): RunInfo => ({
  runId: textOrNone(json, 'run_id') ?? text(json, 'run_uuid'),
  experimentId: text(json, 'experiment_id'),
  runName: text(json, 'run_name'),
  userId: text(json, 'user_id'),
  status: (textOrNone(json, 'status') ?? 'RUNNING') as RunStatus,
  startTime: count(json, 'start_time'),
  endTime: countOrNone(json, 'end_time'),
  artifactUri: text(json, 'artifact_uri'),
  lifecycleStage: text(json, 'lifecycle_stage') === 'deleted' ? 'deleted' : 'active',
});

export function toMetric(json: Json): Metric {
  const modelId = textOrNone(json, 'model_id');
  const datasetName = textOrNone(json, 'dataset_name');
  const datasetDigest = textOrNone(json, 'dataset_digest');
  return {
    key: text(json, 'key'),
    value: fromWireNumber(json.value ?? 0),
    timestamp: count(json, 'timestamp'),
    step: count(json, 'step'),
    ...(modelId !== undefined && { modelId }),
    ...(datasetName !== undefined && { datasetName }),
    ...(datasetDigest !== undefined && { datasetDigest }),
  };
}

function toDatasetInput(json: Json): DatasetInput {
  const dataset = object(json, 'dataset');
  const tags = record(json, 'tags');
  const schema = textOrNone(dataset, 'schema');
  const profile = textOrNone(dataset, 'profile');
  return {
    dataset: {
      name: text(dataset, 'name'),
      digest: text(dataset, 'digest'),
      sourceType: text(dataset, 'source_type'),
      source: text(dataset, 'source'),
      ...(schema !== undefined && { schema }),
      ...(profile !== undefined && { profile }),
    },
    ...(tags['mlflow.data.context'] !== undefined && { context: tags['mlflow.data.context'] }),
    tags,
  };
}
