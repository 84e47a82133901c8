/** Traces (MLflow 3.3 and newer): what a program did for one request, step by step. */
import { isMlflowError } from '../errors.js';
import { TRANSIENT } from '../http/failures.js';
import { pages } from '../http/pages.js';
import type { Call, CallOptions, Transport } from '../http/transport.js';
import { cut, textOf } from '../input/text.js';
import type { Artifacts } from './artifacts.js';
import type { SearchOptions } from './experiments.js';
import { exportRequest, isOtlpTraceId, OTLP_PATH } from './otlp.js';
import { randomHex, readSpans, wireSpans, withIds, type Span, type SpanGiven } from './spans.js';
import { object, objects, text, textOrNone, type Json } from './wire.js';

export type TraceState = 'OK' | 'ERROR' | 'IN_PROGRESS' | 'STATE_UNSPECIFIED';

export interface TraceInfo {
  /** `tr-` and 32 hexadecimal digits. */
  readonly traceId: string;
  readonly experimentId: string;
  readonly requestTime: number;
  /** Milliseconds. */
  readonly executionDuration: number | undefined;
  readonly state: TraceState;
  readonly requestPreview: string;
  readonly responsePreview: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly assessments: readonly Readonly<Record<string, unknown>>[];
}

export interface NewTrace {
  readonly experimentId: string;
  /** `tr-` and 32 hexadecimal digits. Default: random. The same id again is the same trace, stored once. */
  readonly traceId?: string;
  readonly name: string;
  /** The steps; the one without a parent is the root, whose times, state, inputs and outputs are those of the trace. */
  readonly spans: readonly SpanGiven[];
  /** The run it belongs to. */
  readonly runId?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** What somebody, or a program, thinks of a trace. */
export interface NewAssessment {
  readonly name: string;
  /** `feedback`: how good it was. `expectation`: what it should have been. Any JSON. */
  readonly feedback?: unknown;
  readonly expectation?: unknown;
  readonly rationale?: string;
  /** Default: `CODE`. */
  readonly sourceType?: 'HUMAN' | 'LLM_JUDGE' | 'CODE';
  /** Who: a person's name, a model's. Default: `default`. */
  readonly sourceId?: string;
  readonly spanId?: string;
}

const API = '/api/3.0/mlflow/traces';

/** Where MLflow's own pages read spans, wherever they are stored. */
const SPANS_PATH = '/ajax-api/3.0/mlflow/get-trace-artifact';

/** Characters of a preview. */
const PREVIEW = 1000;

export class Traces {
  readonly #transport: Transport;
  readonly #artifacts: Artifacts;
  /** `false` once the server, or what is in front of it, said that it takes no OTLP. */
  #takesOtlp = true;

  constructor(transport: Transport, artifacts: Artifacts) {
    this.#transport = transport;
    this.#artifacts = artifacts;
  }

  /**
   * Stores a whole trace, as MLflow's Python client does: its spans over OTLP, where the server takes that (MLflow 3.12 and newer, on a
   * database), and then its description. Elsewhere the spans become the artifact `traces.json`, where no search finds them.
   *
   * @returns The stored description.
   * @throws `ENDPOINT_NOT_FOUND` before MLflow 3.3.
   */
  async log(trace: NewTrace, options: CallOptions = {}): Promise<TraceInfo> {
    const traceId = trace.traceId ?? `tr-${randomHex(16)}`;
    const content = wireSpans(traceId, trace.spans);
    const refused = this.#takesOtlp && isOtlpTraceId(traceId) && (await this.#refusesOtlp({ ...trace, traceId }, options));
    // The id is ours, so that the same description twice is one trace.
    const json = { trace: { trace_info: describe(traceId, trace, content), trace_data: { spans: [] } } };
    const info = toTraceInfo(object(object(await this.#call('POST', '', json, options), 'trace'), 'trace_info'));
    // A client that may do nothing at all has failed by now.
    if (refused) this.#takesOtlp = false;
    if (!hasSpans(info)) await this.#folder(info).upload('traces.json', content, options);
    return info;
  }

  /**
   * Stores spans of one trace over the OpenTelemetry protocol (OTLP/HTTP with JSON), where every search for spans finds them. A span that
   * is sent again, by its id, is stored once. The server makes a trace of what it is not told by {@link log}.
   *
   * @throws `ENDPOINT_NOT_FOUND`, `BAD_REQUEST`, `NOT_IMPLEMENTED` and others where the server takes no OTLP, or not this one.
   */
  async logSpans(
    { experimentId, traceId, spans }: Pick<NewTrace, 'experimentId' | 'spans'> & { readonly traceId: string },
    options: CallOptions = {},
  ): Promise<void> {
    const json = exportRequest(traceId, withIds(traceId, spans));
    const headers = { 'x-mlflow-experiment-id': experimentId };
    await this.#transport.text({ ...options, method: 'POST', path: OTLP_PATH, json, headers, idempotent: true });
  }

  /** Sends the spans; what is refused goes the other way. @returns Whether the server would refuse those of every trace. */
  async #refusesOtlp(trace: NewTrace & { readonly traceId: string }, options: CallOptions): Promise<boolean> {
    try {
      await this.logSpans(trace, options);
      return false;
    } catch (error) {
      if (!isMlflowError(error) || error.status === undefined || error.status === 429) throw error;
      return /content-type/i.test(error.received ?? '') || ![...TRANSIENT, 400, 413, 422].includes(error.status);
    }
  }

  /** @throws `RESOURCE_DOES_NOT_EXIST` */
  async get(traceId: string, options: CallOptions = {}): Promise<TraceInfo> {
    const answer = await this.#transport.json({ ...options, method: 'GET', path: pathOf(traceId), idempotent: true });
    return toTraceInfo(object(object(answer, 'trace'), 'trace_info'));
  }

  /** The spans of a trace. */
  async spans(traceId: string, options: CallOptions = {}): Promise<Span[]> {
    const info = await this.get(traceId, options);
    if (!hasSpans(info)) return readSpans(await (await this.#folder(info).download('traces.json', options)).text());
    const query = { request_id: traceId };
    return readSpans(await this.#transport.text({ ...options, method: 'GET', path: SPANS_PATH, query, idempotent: true }));
  }

  /** All traces of these experiments that match, asked for page by page: `filter: "tags.user = 'ann'"`. */
  search({
    experimentIds,
    filter,
    orderBy,
    pageSize = 100,
    ...options
  }: SearchOptions & { readonly experimentIds: readonly string[] }): AsyncGenerator<TraceInfo> {
    const locations = experimentIds.map((id) => ({ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: id } }));
    return pages(async (token) => {
      const json = { locations, filter, order_by: orderBy, max_results: pageSize, page_token: token };
      const page = await this.#call('POST', 'search', json, options);
      return { items: objects(page, 'traces').map(toTraceInfo), token: textOrNone(page, 'next_page_token') };
    });
  }

  async setTag(traceId: string, key: string, value: unknown, options: CallOptions = {}): Promise<void> {
    await this.#call('PATCH', `${traceId}/tags`, { trace_id: traceId, key, value: textOf(value) }, options);
  }

  async deleteTag(traceId: string, key: string, options: CallOptions = {}): Promise<void> {
    await this.#call('DELETE', `${traceId}/tags`, { trace_id: traceId, key }, options, false);
  }

  /** Removes traces of one experiment. @returns How many there were. */
  async delete(experimentId: string, traceIds: readonly string[], options: CallOptions = {}): Promise<number> {
    const answer = await this.#call('POST', 'delete-traces', { experiment_id: experimentId, request_ids: traceIds }, options);
    return Number(answer.traces_deleted ?? 0);
  }

  /** Adds an assessment. @returns Its id. */
  async assess(traceId: string, given: NewAssessment, options: CallOptions = {}): Promise<string> {
    const assessment = {
      assessment_name: given.name,
      trace_id: traceId,
      span_id: given.spanId,
      source: { source_type: given.sourceType ?? 'CODE', source_id: given.sourceId ?? 'default' },
      rationale: given.rationale,
      ...(given.expectation === undefined
        ? { feedback: { value: given.feedback ?? null } }
        : { expectation: { value: given.expectation } }),
    };
    const answer = await this.#call('POST', `${traceId}/assessments`, { assessment }, options, false);
    return text(object(answer, 'assessment'), 'assessment_id');
  }

  /** Says that traces belong to a run. */
  async linkToRun(traceIds: readonly string[], runId: string, options: CallOptions = {}): Promise<void> {
    const json = { trace_ids: traceIds, run_id: runId };
    await this.#transport.json({ ...options, method: 'POST', path: '/api/2.0/mlflow/traces/link-to-run', json, idempotent: true });
  }

  #folder(info: TraceInfo): ReturnType<Artifacts['at']> {
    return this.#artifacts.at(info.tags['mlflow.artifactLocation'] ?? '');
  }

  #call(method: Call['method'], path: string, json: Json, options: CallOptions, idempotent = true): Promise<Json> {
    return this.#transport.json({ ...options, method, path: path === '' ? API : `${API}/${path}`, json, idempotent });
  }
}

/** Whether the server has the spans itself, and not as an artifact. */
const hasSpans = ({ tags }: TraceInfo): boolean => tags['mlflow.trace.spansLocation'] === 'TRACKING_STORE';

/** The description of a trace for the server. @param content Its spans as `traces.json` has them. */
function describe(traceId: string, { experimentId, name, spans, runId, metadata, tags }: NewTrace, content: string): Json {
  const root = spans.find(({ parentSpanId }) => parentSpanId === undefined) ?? spans[0];
  const [inputs, outputs] = [root?.inputs, root?.outputs].map((value) => (value === undefined ? undefined : cut(textOf(value), PREVIEW)));
  const start = root?.startTime ?? Date.now();
  return {
    trace_id: traceId,
    trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experimentId } },
    request_time: new Date(start).toISOString(),
    execution_duration: root === undefined ? undefined : `${((root.endTime - start) / 1000).toFixed(6)}s`,
    state: root?.status ?? 'OK',
    request_preview: inputs,
    response_preview: outputs,
    trace_metadata: {
      'mlflow.trace_schema.version': '3',
      'mlflow.trace.sizeBytes': String(new TextEncoder().encode(content).length),
      ...(inputs !== undefined && { 'mlflow.traceInputs': inputs }),
      ...(outputs !== undefined && { 'mlflow.traceOutputs': outputs }),
      ...(runId !== undefined && { 'mlflow.sourceRun': runId }),
      ...metadata,
    },
    tags: { 'mlflow.traceName': name, ...tags },
  };
}

const pathOf = (traceId: string): string => `${API}/${encodeURIComponent(traceId)}`;

const toTraceInfo = (json: Json): TraceInfo => ({
  traceId: text(json, 'trace_id'),
  experimentId: text(object(object(json, 'trace_location'), 'mlflow_experiment'), 'experiment_id'),
  requestTime: Date.parse(text(json, 'request_time')),
  executionDuration: durationOf(json),
  state: (textOrNone(json, 'state') ?? 'STATE_UNSPECIFIED') as TraceState,
  requestPreview: text(json, 'request_preview'),
  responsePreview: text(json, 'response_preview'),
  metadata: object(json, 'trace_metadata') as Readonly<Record<string, string>>,
  tags: object(json, 'tags') as Readonly<Record<string, string>>,
  assessments: objects(json, 'assessments'),
});

/** `0.090s` in milliseconds. */
function durationOf(json: Json): number | undefined {
  const duration = textOrNone(json, 'execution_duration');
  return duration === undefined ? undefined : Math.round(parseFloat(duration) * 1e6) / 1000;
}
