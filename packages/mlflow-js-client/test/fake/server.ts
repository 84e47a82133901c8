/**
 * An MLflow server in this process, over real HTTP. It keeps what it is told in memory, follows the rules of the real one (which the
 * live tests hold against it: the same cases run on both), and can be told to fail in every way that was seen.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ArtifactFiles, type ArtifactRules } from './artifacts.js';
import type { Faulty, Reply } from './faults.js';
import { Refused } from './json.js';
import { ModelsAndTraces } from './logged-models.js';
import { detail, type OtlpRequest } from './otlp.js';
import { Registry } from './registry.js';
import { Tracking, type TrackingOptions } from './tracking.js';

type Body = Record<string, unknown>;

/** Endpoints that MLflow 2.9 does not have. */
const SINCE_3 = ['runs/outputs', 'experiments/delete-experiment-tag'];

export interface FakeOptions extends Partial<TrackingOptions>, Partial<ArtifactRules> {
  /** Ask for HTTP basic. */
  readonly basic?: { readonly username: string; readonly password: string };
  /** A path before all others. */
  readonly prefix?: string;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: number;
}

export class FakeMlflow {
  readonly tracking: Tracking;
  readonly artifacts: ArtifactFiles;
  readonly registry = new Registry();
  readonly modelsAndTraces: ModelsAndTraces;
  /** Every request, in order. */
  readonly received: Received[] = [];
  /** Asked for every request, in order. */
  readonly faults: Faulty[] = [];
  readonly #options: FakeOptions;
  readonly #version: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#version = options.version ?? '3.17.2';
    this.tracking = new Tracking({ backend: options.backend ?? 'sql', version: this.#version });
    this.modelsAndTraces = new ModelsAndTraces(this.tracking);
    this.artifacts = new ArtifactFiles({
      version: this.#version,
      dropsChunked: options.dropsChunked ?? false,
      multipart: options.multipart ?? false,
    });
  }

  get uri(): string {
    return `http://127.0.0.1:${this.#port}${this.#options.prefix ?? ''}`;
  }

  /** Starts to listen; after {@link kill} on the same port, with everything that was kept. */
  async start(): Promise<this> {
    const server = createServer((request, response) => void this.#handle(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** Breaks every connection and stops to listen, in the middle of whatever it does. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://host');
    const { method = 'GET' } = request;
    const prefix = this.#options.prefix ?? '';
    const path = url.pathname.slice(prefix.length);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The other side has gone.
    }
    const body = Buffer.concat(chunks);
    this.received.push({ method, path, query: url.search, headers: request.headers, bytes: body.length });
    const seen = { method, path, number: this.received.length };
    const fault = this.faults.reduce<ReturnType<Faulty>>((found, faulty) => found ?? faulty(seen), undefined);
    const fail = (what: 'close' | 'hang' | Reply): void => {
      if (what === 'close') request.socket.destroy();
      else if (what !== 'hang') send(response, what);
    };
    if (fault?.when === 'before') return fail(fault.what);
    const reply = url.pathname.startsWith(prefix)
      ? this.#answer(method, path, url.searchParams, request.headers, body)
      : page(404, 'Not Found');
    if (fault?.when === 'after') return fail(fault.what);
    send(response, reply);
  }

  #answer(method: string, path: string, query: URLSearchParams, headers: IncomingMessage['headers'], body: Buffer): Reply {
    const { basic } = this.#options;
    const root = (runId: string): string => `${this.tracking.run(runId).experimentId}/${runId}/artifacts`;
    const stored = path.startsWith('/storage/');
    if (path === '/health') return { status: 200, body: 'OK' };
    if (path === '/version') return { status: 200, body: this.#version };
    if (
      !stored &&
      basic !== undefined &&
      headers.authorization !== `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`
    ) {
      const text =
        'You are not authenticated. Please see https://www.mlflow.org/docs/latest/auth/index.html#authenticating-to-mlflow on how to authenticate.';
      return { status: 401, body: text, headers: { 'www-authenticate': 'Basic realm="mlflow"', 'content-type': 'text/plain' } };
    }
    try {
      const served = this.artifacts.serve(method, path, query, headers, body, this.uri, root);
      if (served !== undefined) return 'json' in served ? json(served.json) : { status: 200, body: served.file, headers: served.headers };
      if (path === '/v1/traces' && !this.#version.startsWith('2.')) return this.#otlp(headers, body);
      return this.#route(method, path, query, headers, body);
    } catch (error) {
      if (!(error instanceof Refused)) return json({ error_code: 'INTERNAL_ERROR', message: String(error) }, 500);
      return json({ error_code: error.code, message: error.message }, error.status);
    }
  }

  #otlp(headers: IncomingMessage['headers'], body: Buffer): Reply {
    const { 'content-type': type = '', 'x-mlflow-experiment-id': experimentId } = headers;
    if (typeof experimentId !== 'string') return detail(422, 'Field required: x-mlflow-experiment-id');
    if (!/^application\/json/.test(type))
      return detail(400, `Invalid Content-Type: ${type}. Expected: application/x-protobuf or application/json`);
    if (this.#options.backend === 'file') return detail(501, 'REST OTLP span logging is not supported by FileStore');
    this.modelsAndTraces.logSpans(experimentId, JSON.parse(body.toString()) as OtlpRequest);
    return { status: 200, headers: { 'content-type': 'application/x-protobuf' } };
  }

  #route(method: string, path: string, query: URLSearchParams, headers: IncomingMessage['headers'], body: Buffer): Reply {
    const [, version, name] = /^\/(?:ajax-)?api\/([23]\.0)\/mlflow\/(.*)$/.exec(path) ?? ['', '', ''];
    const route = this.#find(method, version, name);
    const unknown = this.#version.startsWith('2.') && (SINCE_3.includes(name) || version === '3.0' || name.startsWith('logged-models'));
    if (route === undefined || unknown) return page(404, 'Not Found');
    if (method === 'GET') return json(route(queryOf(query)));
    if (!/^application\/json/.test(headers['content-type'] ?? ''))
      throw new Refused(400, 'BAD_REQUEST', 'Bad Request. Content-Type must be application/json.');
    let message: Body;
    try {
      message = JSON.parse(body.toString()) as Body;
    } catch {
      return page(500, 'Internal Server Error');
    }
    return json(route(message));
  }

  #find(method: string, version: string, name: string): ((body: Body) => Body) | undefined {
    const plain = version === '2.0' ? (this.tracking.routes[`${method} ${name}`] ?? this.registry.routes[`${method} ${name}`]) : undefined;
    if (plain !== undefined) return plain;
    const routes = this.modelsAndTraces.routes;
    const asked = `${method} ${version} ${name}`;
    if (routes[asked] !== undefined) return routes[asked];
    for (const [pattern, route] of Object.entries(routes)) {
      const match = new RegExp(`^${pattern.replaceAll('*', '([^/]+)')}$`).exec(asked);
      if (match !== null) return (body) => route(body, ...match.slice(1).map(decodeURIComponent));
    }
    return undefined;
  }
}

/** A name that is repeated has a list. */
const queryOf = (query: URLSearchParams): Body =>
  Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name).length > 1 ? query.getAll(name) : query.get(name)]));

const json = (body: Body, status = 200): Reply => ({
  status,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

const page = (status: number, title: string): Reply => ({
  status,
  body: `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>A page, not an answer.</p>\n`,
  headers: { 'content-type': 'text/html; charset=utf-8' },
});

function send(response: ServerResponse, { status, body = '', headers = {} }: Reply): void {
  response.writeHead(status, headers).end(body);
}
