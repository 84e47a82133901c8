/** Logged models and traces of MLflow 3, as a server keeps them. */
import { randomUUID } from 'node:crypto';
import { filtered, ordered, paged } from './search.js';
import { invalid, missing } from './json.js';
import { storedSpans, type OtlpRequest, type StoredSpan } from './otlp.js';
import type { Tracking } from './tracking.js';

type Body = Record<string, unknown>;
type Pairs = { key: string; value: string }[];
type Route = (body: Body, ...ids: string[]) => Body;

interface StoredModel {
  readonly id: string;
  readonly body: Body;
  status: string;
  readonly params: Map<string, string>;
  readonly tags: Map<string, string>;
}

interface StoredTrace {
  info: Body;
  readonly tags: Record<string, string>;
  readonly assessments: Body[];
  /** Those that came over OTLP, by their ids. */
  readonly spans: Map<string, StoredSpan>;
}

const pairs = (map: Map<string, string>): Body[] => [...map].map(([key, value]) => ({ key, value }));
const mapOf = (list: unknown): Map<string, string> => new Map(((list ?? []) as Pairs).map(({ key, value }) => [key, value]));

export class ModelsAndTraces {
  readonly models = new Map<string, StoredModel>();
  readonly traces = new Map<string, StoredTrace>();
  readonly #tracking: Tracking;

  constructor(tracking: Tracking) {
    this.#tracking = tracking;
  }

  /** By method and path, in which `*` is an id. */
  readonly routes: Readonly<Record<string, Route>> = {
    'POST 2.0 logged-models': (body) => {
      const id = `m-${randomUUID().replaceAll('-', '')}`;
      const model = { id, body, status: 'LOGGED_MODEL_PENDING', params: mapOf(body.params), tags: mapOf(body.tags) };
      this.models.set(id, model);
      return { model: this.#modelJson(model) };
    },
    'POST 2.0 logged-models/search': (body) => {
      const all = [...this.models.values()].filter(({ body: { experiment_id: id } }) => (body.experiment_ids as unknown[]).includes(id));
      const value = (model: StoredModel, kind: string, key: string) =>
        kind === 'tags' ? model.tags.get(key) : kind === 'params' ? model.params.get(key) : undefined;
      const { items, token } = paged(filtered(all, body.filter, value), body);
      return { models: items.map((model) => this.#modelJson(model)), next_page_token: token };
    },
    'GET 2.0 logged-models/*': (_body, id) => ({ model: this.#modelJson(this.#model(id)) }),
    'PATCH 2.0 logged-models/*': (body, id) => {
      this.#needsId(body);
      const model = this.#model(id);
      model.status = String(body.status);
      return { model: this.#modelJson(model) };
    },
    'DELETE 2.0 logged-models/*': (_body, id) => (this.models.delete(this.#model(id).id), {}),
    'POST 2.0 logged-models/*/params': (body, id) => {
      this.#needsId(body);
      for (const [key, value] of mapOf(body.params)) this.#model(id).params.set(key, value);
      return {};
    },
    'PATCH 2.0 logged-models/*/tags': (body, id) => {
      for (const [key, value] of mapOf(body.tags)) this.#model(id).tags.set(key, value);
      return { model: this.#modelJson(this.#model(id)) };
    },
    'DELETE 2.0 logged-models/*/tags/*': (_body, id, key) => (this.#model(id).tags.delete(key), {}),

    'POST 3.0 traces': (body) => {
      const info = (body.trace as { trace_info: Body }).trace_info;
      const id = String(info.trace_id);
      const { experiment_id: experimentId } = (info.trace_location as { mlflow_experiment: { experiment_id: string } }).mlflow_experiment;
      const trace = this.#begin(id, experimentId);
      trace.info = info;
      Object.assign(trace.tags, info.tags);
      return { trace: { trace_info: this.#traceJson(this.#trace(id)) } };
    },
    'GET 3.0 get-trace-artifact': ({ request_id: id }) => ({ spans: [...this.#trace(String(id)).spans.values()] }),
    'GET 3.0 traces/*': (_body, id) => ({ trace: { trace_info: this.#traceJson(this.#trace(id)) } }),
    'POST 3.0 traces/search': (body) => {
      const ids = (body.locations as { mlflow_experiment: { experiment_id: string } }[]).map(
        (each) => each.mlflow_experiment.experiment_id,
      );
      const experiment = ({ info }: StoredTrace) =>
        (info.trace_location as { mlflow_experiment: { experiment_id: string } }).mlflow_experiment.experiment_id;
      const value = (trace: StoredTrace, kind: string, key: string) => {
        if (kind === 'tags') return trace.tags[key];
        if (key === 'run_id') return (trace.info.trace_metadata as Record<string, string>)['mlflow.sourceRun'];
        if (kind === 'span') return [...trace.spans.values()].map((span) => span[key]).join();
        return Date.parse(String(trace.info.request_time));
      };
      const all = [...this.traces.values()].filter((trace) => ids.includes(experiment(trace)));
      const { items, token } = paged(ordered(filtered(all, body.filter, value), body.order_by, value), body);
      return { traces: items.map((trace) => this.#traceJson(trace)), next_page_token: token };
    },
    'PATCH 3.0 traces/*/tags': (body, id) => ((this.#trace(id).tags[String(body.key)] = String(body.value)), {}),
    'DELETE 3.0 traces/*/tags': (body, id) => (delete this.#trace(id).tags[String(body.key)], {}),
    'POST 3.0 traces/delete-traces': (body) => ({
      traces_deleted: (body.request_ids as string[]).filter((id) => this.traces.delete(id)).length,
    }),
    'POST 3.0 traces/*/assessments': (body, id) => {
      const assessment = { ...(body.assessment as Body), assessment_id: `a-${randomUUID()}` };
      this.#trace(id).assessments.push(assessment);
      return { assessment };
    },
    'POST 2.0 traces/link-to-run': (body) => (this.#tracking.run(body.run_id), {}),
  };

  /** Spans of any traces. A trace that nobody described is as long as they are. */
  logSpans(experimentId: string, request: OtlpRequest): void {
    if (!this.#tracking.experiments.has(experimentId)) throw missing(`No Experiment with id=${experimentId} exists`);
    for (const [id, spans] of storedSpans(request)) {
      const trace = this.#begin(id, experimentId);
      trace.tags['mlflow.trace.spansLocation'] = 'TRACKING_STORE';
      for (const span of spans) trace.spans.set(span.span_id, span);
      const starts = spans.map((span) => Number(span.start_time_unix_nano) / 1e6);
      const ends = spans.map((span) => Number(span.end_time_unix_nano) / 1e6);
      const from = Math.min(...starts);
      trace.info = {
        request_time: new Date(from).toISOString(),
        execution_duration: `${(Math.max(...ends) - from) / 1000}s`,
        ...trace.info,
      };
    }
  }

  #begin(id: string, experimentId: string): StoredTrace {
    let trace = this.traces.get(id);
    if (trace === undefined) {
      const tags = { 'mlflow.artifactLocation': `mlflow-artifacts:/${experimentId}/traces/${id}/artifacts` };
      const info = { trace_id: id, trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experimentId } } };
      trace = { info, tags, assessments: [], spans: new Map() };
      this.traces.set(id, trace);
    }
    return trace;
  }

  #needsId(body: Body): void {
    if (body.model_id === undefined) throw invalid("Missing value for required parameter 'model_id'.");
  }

  #model(id: string): StoredModel {
    const model = this.models.get(id);
    if (model === undefined) throw missing(`Logged model with ID '${id}' not found.`);
    return model;
  }

  #trace(id: string): StoredTrace {
    const trace = this.traces.get(id);
    if (trace === undefined) throw missing(`Trace with ID '${id}' not found.`);
    return trace;
  }

  #traceJson({ info, tags, assessments }: StoredTrace): Body {
    // Whole milliseconds, and a duration without needless digits.
    const duration = `${Math.round(parseFloat(String(info.execution_duration)) * 1000) / 1000}s`;
    return { ...info, request_time: new Date(String(info.request_time)).toISOString(), execution_duration: duration, tags, assessments };
  }

  #modelJson({ id, body, status, params, tags }: StoredModel): Body {
    const metrics = [...this.#tracking.runs.values()].flatMap((run) => run.points.filter((point) => point.modelId === id));
    return {
      info: {
        model_id: id,
        experiment_id: body.experiment_id,
        name: body.name,
        model_type: body.model_type,
        source_run_id: body.source_run_id,
        artifact_uri: `mlflow-artifacts:/${String(body.experiment_id)}/models/${id}/artifacts`,
        status,
        creation_timestamp_ms: 1,
        last_updated_timestamp_ms: 2,
        tags: pairs(tags),
      },
      data: {
        params: pairs(params),
        metrics: metrics.map(({ key, value, timestamp, step, modelId }) => ({ key, value, timestamp, step, model_id: modelId })),
      },
    };
  }
}
