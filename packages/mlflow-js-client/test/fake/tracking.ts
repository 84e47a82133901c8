/** Experiments and runs, as a server keeps them. */
import { randomUUID } from 'node:crypto';
import { filtered, ordered, paged } from './search.js';
import { invalid, missing, read, Refused, type Field } from './json.js';
import { checkBatch, type BatchMessage } from './rules.js';

type Body = Record<string, unknown>;
type Pairs = Map<string, string>;

export interface StoredPoint {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
  readonly modelId?: string;
}

interface StoredExperiment {
  readonly id: string;
  name: string;
  readonly location: string;
  stage: 'active' | 'deleted';
  readonly time: number;
  readonly tags: Pairs;
}

export interface StoredRun {
  readonly id: string;
  readonly experimentId: string;
  name: string;
  status: string;
  readonly start: number;
  end: number | undefined;
  stage: 'active' | 'deleted';
  readonly params: Pairs;
  readonly tags: Pairs;
  readonly points: StoredPoint[];
  readonly seen: Set<string>;
  readonly datasets: Map<string, Body>;
  readonly outputs: Body[];
  readonly modelInputs: string[];
}

export interface TrackingOptions {
  /** `file`: a point sent twice is kept twice. */
  readonly backend: 'sql' | 'file';
  readonly version: string;
}

const PAIR: Field = { key: 'text', value: 'text' };
const BATCH = {
  run_id: 'text',
  metrics: { key: 'text', value: 'double', timestamp: 'int', step: 'int', model_id: 'text', dataset_name: 'text', dataset_digest: 'text' },
  params: PAIR,
  tags: PAIR,
} as const;
const STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];
const pairs = (map: Pairs): Body[] => [...map].map(([key, value]) => ({ key, value }));

export class Tracking {
  readonly experiments = new Map<string, StoredExperiment>();
  readonly runs = new Map<string, StoredRun>();
  readonly #options: TrackingOptions;

  constructor(options: TrackingOptions) {
    this.#options = options;
  }

  readonly routes: Readonly<Record<string, (body: Body) => Body>> = {
    'POST experiments/create': (body) => {
      const { name, tags = [] } = read(body, { name: 'text', artifact_location: 'text', tags: PAIR }) as {
        name?: string;
        tags?: { key: string; value: string }[];
      };
      if (!name) throw invalid("Missing value for required parameter 'name'.");
      if ([...this.experiments.values()].some((each) => each.name === name)) {
        throw new Refused(400, 'RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.`);
      }
      const id = String(this.experiments.size + 1);
      this.experiments.set(id, {
        id,
        name,
        location: `mlflow-artifacts:/${id}`,
        stage: 'active',
        time: Date.now(),
        tags: new Map(tags.map(({ key, value }) => [key, value])),
      });
      return { experiment_id: id };
    },
    'GET experiments/get': (query) => ({ experiment: this.#experimentJson(this.#experiment(query.experiment_id)) }),
    'GET experiments/get-by-name': (query) => {
      const found = [...this.experiments.values()].find(({ name }) => name === query.experiment_name);
      if (found === undefined) throw missing(`Could not find experiment with name '${String(query.experiment_name)}'`);
      return { experiment: this.#experimentJson(found) };
    },
    'POST experiments/search': (body) => {
      const view = body.view_type ?? 'ACTIVE_ONLY';
      const all = [...this.experiments.values()].filter(({ stage }) => view === 'ALL' || (stage === 'active') === (view === 'ACTIVE_ONLY'));
      const found = filtered(all, body.filter, (each, kind, key) =>
        kind === 'tags' ? each.tags.get(key) : key === 'name' ? each.name : undefined,
      );
      const { items, token } = paged(found, body);
      return { experiments: items.map((each) => this.#experimentJson(each)), next_page_token: token };
    },
    'POST experiments/update': (body) => {
      this.#experiment(body.experiment_id).name = String(body.new_name);
      return {};
    },
    'POST experiments/delete': (body) => {
      const experiment = this.#experiment(body.experiment_id);
      if (experiment.stage === 'deleted') throw missing(`No Experiment with id=${experiment.id} exists`);
      experiment.stage = 'deleted';
      return {};
    },
    'POST experiments/restore': (body) => {
      this.#experiment(body.experiment_id).stage = 'active';
      return {};
    },
    'POST experiments/set-experiment-tag': (body) => {
      this.#experiment(body.experiment_id).tags.set(String(body.key), String(body.value));
      return {};
    },
    'POST experiments/delete-experiment-tag': (body) => {
      this.#experiment(body.experiment_id).tags.delete(String(body.key));
      return {};
    },
    'POST experiments/search-datasets': (body) => {
      const runs = [...this.runs.values()].filter(({ experimentId }) => (body.experiment_ids as string[]).includes(experimentId));
      return {
        dataset_summaries: runs.flatMap((run) =>
          [...run.datasets.values()].map((input) => {
            const { name, digest } = input.dataset as Body;
            const context = (input.tags as { key: string; value: string }[]).find(({ key }) => key === 'mlflow.data.context')?.value;
            return { experiment_id: run.experimentId, name, digest, context };
          }),
        ),
      };
    },
    'POST runs/create': (body) => {
      const message = read(body, { experiment_id: 'text', run_name: 'text', start_time: 'int', tags: PAIR, user_id: 'text' }) as {
        experiment_id?: string;
        run_name?: string;
        start_time?: number;
        tags?: { key: string; value: string }[];
      };
      const experiment = this.#experiment(message.experiment_id);
      if (experiment.stage === 'deleted')
        throw invalid(`The experiment ${experiment.id} must be in the 'active' state. Current state is deleted.`);
      const tags: Pairs = new Map((message.tags ?? []).map(({ key, value }) => [key, value]));
      const tagged = tags.get('mlflow.runName');
      if (tagged !== undefined && message.run_name !== undefined && tagged !== message.run_name)
        throw invalid("Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values");
      const name = message.run_name ?? tagged ?? `run-${this.runs.size}`;
      tags.set('mlflow.runName', name);
      const id = randomUUID().replaceAll('-', '');
      const start = message.start_time ?? 0;
      const run: StoredRun = {
        id,
        experimentId: experiment.id,
        name,
        status: 'RUNNING',
        start,
        end: undefined,
        stage: 'active',
        params: new Map(),
        tags,
        points: [],
        seen: new Set(),
        datasets: new Map(),
        outputs: [],
        modelInputs: [],
      };
      this.runs.set(id, run);
      return { run: this.#runJson(run) };
    },
    'GET runs/get': (query) => ({ run: this.#runJson(this.run(query.run_id)) }),
    'POST runs/update': (body) => {
      const run = this.active(body.run_id);
      // A status that does not exist is a value of a wrong type.
      if (STATUSES.includes(String(body.status))) run.status = String(body.status);
      if (body.end_time !== undefined) run.end = Number(body.end_time);
      if (body.run_name !== undefined) {
        run.name = String(body.run_name);
        run.tags.set('mlflow.runName', run.name);
      }
      return { run_info: this.#infoJson(run) };
    },
    'POST runs/delete': (body) => {
      this.run(body.run_id).stage = 'deleted';
      return {};
    },
    'POST runs/restore': (body) => {
      this.run(body.run_id).stage = 'active';
      return {};
    },
    'POST runs/search': (body) => {
      const view = body.run_view_type ?? 'ACTIVE_ONLY';
      const ids = body.experiment_ids as string[];
      const all = [...this.runs.values()].filter(
        (run) => ids.includes(run.experimentId) && (view === 'ALL' || (run.stage === 'active') === (view === 'ACTIVE_ONLY')),
      );
      const value = (run: StoredRun, kind: string, key: string): string | number | undefined => {
        if (kind === 'tags') return run.tags.get(key);
        if (kind === 'params') return run.params.get(key);
        if (kind === 'metrics') return latest(run.points).get(key)?.value;
        return { status: run.status, start_time: run.start, run_name: run.name, run_id: run.id }[key];
      };
      const { items, token } = paged(ordered(filtered(all.reverse(), body.filter, value), body.order_by, value), body);
      return { runs: items.map((run) => this.#runJson(run)), next_page_token: token };
    },
    'POST runs/log-batch': (body) => {
      this.logBatch(read(body, BATCH) as unknown as BatchMessage);
      return {};
    },
    'POST runs/delete-tag': (body) => {
      if (!this.active(body.run_id).tags.delete(String(body.key)))
        throw missing(`No tag with name: ${String(body.key)} in run with id ${String(body.run_id)}`);
      return {};
    },
    'POST runs/log-inputs': (body) => {
      const run = this.active(body.run_id);
      for (const input of (body.datasets ?? []) as Body[]) {
        const { name, digest } = input.dataset as Body;
        run.datasets.set(`${String(name)} ${String(digest)}`, input);
      }
      for (const { model_id: id } of (body.models ?? []) as { model_id: string }[])
        if (!run.modelInputs.includes(id)) run.modelInputs.push(id);
      return {};
    },
    'POST runs/outputs': (body) => {
      const run = this.active(body.run_id);
      for (const model of body.models as Body[])
        if (!run.outputs.some(({ model_id: id }) => id === model.model_id)) run.outputs.push(model);
      return {};
    },
    'POST runs/log-model': (body) => {
      const given = JSON.parse(String(body.model_json)) as object;
      const missing = ['run_id', 'artifact_path', 'utc_time_created', 'flavors'].filter((name) => !(name in given));
      if (missing.length > 0) throw invalid(`Model json is missing mandatory fields: {'${missing.join("', '")}'}`);
      this.active(body.run_id).tags.set('mlflow.log-model.history', `[${String(body.model_json)}]`);
      return {};
    },
    'GET metrics/get-history': (query) => {
      const points = this.run(query.run_id).points.filter(({ key }) => key === query.metric_key);
      // 3.4 to 3.13: without a size nothing comes, and a next page is promised for ever.
      if (query.max_results === undefined) return { next_page_token: 'same' };
      if (Number(query.max_results) > 25_000) throw invalid(`Invalid value for max_results: ${String(query.max_results)}`);
      const { items, token } = paged(points, query);
      return { metrics: items.map(metricJson), next_page_token: token };
    },
  };

  run(id: unknown): StoredRun {
    const run = this.runs.get(String(id));
    if (run === undefined) throw missing(`Run with id=${String(id)} not found`);
    return run;
  }

  /** A run that can be written to. */
  active(id: unknown): StoredRun {
    const run = this.run(id);
    if (run.stage === 'deleted') throw invalid(`The run ${run.id} must be in the 'active' state. Current state is deleted.`);
    return run;
  }

  logBatch(message: BatchMessage): void {
    const run = this.run(message.run_id);
    checkBatch(message, this.#options.version);
    this.active(message.run_id);
    const { metrics = [], params = [], tags = [] } = message;
    for (const { key, value } of params) {
      const before = run.params.get(key);
      if (before !== undefined && before !== value)
        throw invalid(
          `Changing param values is not allowed. Param with key='${key}' was already logged with value='${before}' for run ID='${run.id}'. Attempted logging new value '${value}'.`,
        );
    }
    for (const { key, value = '' } of params) run.params.set(key, value.slice(0, 6000));
    for (const { key, value = '' } of tags) {
      run.tags.set(key, value.slice(0, 8000));
      if (key === 'mlflow.runName') run.name = value;
    }
    for (const { key, value, timestamp, step = 0, model_id: modelId } of metrics) {
      // Infinities become the largest numbers in a database.
      const stored = this.#options.backend === 'sql' && Math.abs(value!) === Infinity ? Math.sign(value!) * Number.MAX_VALUE : value!;
      const point = { key, value: stored, timestamp: timestamp!, step, ...(modelId !== undefined && { modelId }) };
      const identity = JSON.stringify([key, String(stored), timestamp, step]);
      if (this.#options.backend === 'sql' && run.seen.has(identity)) continue;
      run.seen.add(identity);
      run.points.push(point);
    }
  }

  #experiment(id: unknown): StoredExperiment {
    const experiment = this.experiments.get(String(id));
    if (experiment === undefined) throw missing(`No Experiment with id=${String(id)} exists`);
    return experiment;
  }

  #experimentJson({ id, name, location, stage, time, tags }: StoredExperiment): Body {
    return {
      experiment_id: id,
      name,
      artifact_location: location,
      lifecycle_stage: stage,
      creation_time: time,
      last_update_time: time,
      tags: pairs(tags),
    };
  }

  #infoJson(run: StoredRun): Body {
    return {
      run_uuid: run.id,
      run_id: run.id,
      experiment_id: run.experimentId,
      run_name: run.name,
      user_id: '',
      status: run.status,
      start_time: run.start,
      end_time: run.end,
      artifact_uri: `mlflow-artifacts:/${run.experimentId}/${run.id}/artifacts`,
      lifecycle_stage: run.stage,
    };
  }

  #runJson(run: StoredRun): Body {
    return {
      info: this.#infoJson(run),
      data: { metrics: [...latest(run.points).values()].map(metricJson), params: pairs(run.params), tags: pairs(run.tags) },
      inputs: { dataset_inputs: [...run.datasets.values()], model_inputs: run.modelInputs.map((id) => ({ model_id: id })) },
      outputs: { model_outputs: run.outputs },
    };
  }
}

const metricJson = ({ key, value, timestamp, step }: StoredPoint): Body => ({
  key,
  value: Number.isFinite(value) ? value : String(value),
  timestamp,
  step,
});

function latest(points: readonly StoredPoint[]): Map<string, StoredPoint> {
  const result = new Map<string, StoredPoint>();
  for (const point of points) {
    const before = result.get(point.key);
    const later =
      before === undefined ||
      [point.step - before.step, point.timestamp - before.timestamp, point.value - before.value].find((difference) => difference !== 0)! >
        0;
    if (later) result.set(point.key, point);
  }
  return result;
}
