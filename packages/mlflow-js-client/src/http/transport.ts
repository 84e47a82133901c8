/** Sends requests: credentials, time limits, retries with backoff, and answers of every kind turned into values or errors. */
import ky, { HTTPError } from 'ky';
import { MlflowError } from '../errors.js';
import { authHeaders, secretsOf, splitUri, toHeaders, type Auth, type HeaderValues } from './auth.js';
import { waitBefore, type Backoff } from './backoff.js';
import { errorOfFailure, errorOfResponse, isHopeless, TRANSIENT, unexpectedBody, type Asked } from './failures.js';
import { Secrets } from './secrets.js';

/** What every call of the client takes last. */
export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds for one attempt. Default: that of the client. */
  readonly timeout?: number;
  /** How often to try again. Default: that of the client. */
  readonly retries?: number;
}

export interface TransportOptions {
  /** `http(s)://host[:port][/prefix]`, where MLflow's own paths begin after the prefix. User and password in it are used for HTTP basic. */
  readonly uri: string;
  /** Default: those of the URI, else none. */
  readonly auth?: Auth;
  /** Sent with every request: what a gateway in front of the server wants to see. */
  readonly headers?: HeaderValues;
  /** Milliseconds for one attempt, until its whole answer is there. Default: 120 000, as MLflow's Python client. */
  readonly timeout?: number;
  /** How often to try again after 408, 429, 5xx and lost connections. Default: 7, as MLflow's Python client; with `backoff` about two minutes. */
  readonly retries?: number;
  readonly backoff?: Backoff;
  /** Other origins that may see the credentials: that of an artifact server, say. Default: only that of `uri`. */
  readonly trustedOrigins?: readonly string[];
  /** Default: the global `fetch`. */
  readonly fetch?: (input: Request | URL | string, init?: RequestInit) => Promise<Response>;
}

/** One request. */
export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** After the prefix of the server: `/api/2.0/mlflow/runs/get`; or a whole URL. */
  readonly path: string;
  /** Send no credentials: the URL has its own. Default: `false`; never are any sent to an origin that is not trusted. */
  readonly anonymous?: boolean;
  /** `undefined` values are left out; a list is repeated. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. A `Blob` is read anew for every attempt, and its length is always declared. */
  readonly body?: Blob;
  readonly headers?: HeaderValues;
  /** Whether doing it twice is the same as doing it once. Else it is tried again only where the server has certainly done nothing. */
  readonly idempotent: boolean;
}

export class Transport {
  /** Scheme, host and prefix, without credentials. */
  readonly base: string;
  readonly secrets = new Secrets();
  readonly backoff: Backoff;
  readonly retries: number;
  readonly timeout: number;
  readonly #auth: Auth | undefined;
  readonly #headers: Headers;
  readonly #trusted: ReadonlySet<string>;
  readonly #fetch: NonNullable<TransportOptions['fetch']>;

  constructor(options: TransportOptions) {
    const { base, auth } = splitUri(options.uri);
    this.base = base;
    this.#auth = options.auth ?? auth;
    this.#headers = toHeaders(options.headers);
    this.secrets.add(...secretsOf(auth), ...secretsOf(options.auth));
    this.secrets.addHeaders(this.#headers);
    this.#trusted = new Set([base, ...(options.trustedOrigins ?? [])].map((uri) => new URL(uri).origin));
    this.timeout = atLeast('timeout', options.timeout ?? 120_000, 1);
    this.retries = atLeast('retries', options.retries ?? 7, 0);
    this.backoff = options.backoff ?? {};
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  /**
   * The JSON object of the answer.
   *
   * @throws `CONNECTION_FAILED`, `TIMEOUT`, `UNEXPECTED_RESPONSE`, or the code that the server gives.
   */
  async json<T extends object = Record<string, unknown>>(call: Call): Promise<T> {
    const { response, asked } = await this.#send(call, true);
    const text = await response.text();
    try {
      // An endpoint without an answer may say nothing at all.
      const value: unknown = text === '' ? {} : JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
    } catch {
      // Not JSON: the error below says so.
    }
    throw unexpectedBody(asked, response.status, text);
  }

  /** The text of the answer. */
  async text(call: Call): Promise<string> {
    return (await this.#send(call, true)).response.text();
  }

  /** The answer as soon as its headers are there; its body is the caller's to read. */
  async response(call: Call): Promise<Response> {
    return (await this.#send(call, false)).response;
  }

  async #send(call: Call, whole: boolean): Promise<{ response: Response; asked: Asked }> {
    const elsewhere = /^https?:/i.test(call.path);
    const url = new URL(elsewhere ? call.path : `${this.base}${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      for (const each of [value ?? []].flat()) url.searchParams.append(name, String(each));
    }
    const asked: Asked = {
      endpoint: `${call.method} ${elsewhere ? url.origin + url.pathname : call.path}`,
      base: elsewhere ? url.origin : this.base,
      redact: (text) => this.secrets.redact(text),
    };
    const timeout = call.timeout ?? this.timeout;
    const failure = (error: unknown): MlflowError => errorOfFailure(asked, error, timeout);
    const link = linkedTo(call.signal);
    try {
      const response = await ky(url, {
        method: call.method,
        redirect: 'manual',
        signal: link.signal,
        // Ours limits the reading of the answer too, and is tried again as a lost connection is.
        timeout: false,
        retry: {
          limit: call.retries ?? this.retries,
          methods: [call.method],
          statusCodes: TRANSIENT,
          afterStatusCodes: TRANSIENT,
          maxRetryAfter: 5 * 60_000,
          retryOnTimeout: true,
          delay: (attempt) => waitBefore(attempt, this.backoff),
          shouldRetry: ({ error }) => {
            if (call.signal?.aborted || error instanceof MlflowError || isHopeless(error)) return false;
            if (call.idempotent) return undefined;
            return (error instanceof HTTPError ? error.response.status === 429 : !failure(error).uncertain) && undefined;
          },
        },
        fetch: (request) => this.#attempt({ ...call, signal: link.signal }, request as Request, { timeout, whole }),
      });
      return { response, asked };
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      if (error instanceof MlflowError) throw error;
      // What ky throws holds the request with its headers, so it is not kept as a cause.
      throw error instanceof HTTPError ? errorOfResponse(asked, error.response, await error.response.text()) : failure(error);
    } finally {
      // A body that is still to be read ends with the caller's signal too.
      if (whole) link.cut();
    }
  }

  /** One attempt. The body is put in here, because a Request with a body would be copied, in memory, for a retry. */
  async #attempt(
    call: Call & { readonly signal: AbortSignal },
    request: Request,
    how: { timeout: number; whole: boolean },
  ): Promise<Response> {
    const headers = await this.#headersFor(call, new URL(request.url).origin);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new DOMException('no answer in time', 'TimeoutError')), how.timeout);
    try {
      const response = await this.#fetch(request.url, {
        method: call.method,
        headers,
        body: call.json === undefined ? call.body : JSON.stringify(call.json),
        redirect: 'manual',
        signal: AbortSignal.any([call.signal, limit.signal]),
      });
      if (response.ok && !how.whole) return response;
      const body = response.body === null ? null : await response.arrayBuffer();
      if (response.status < 200) return response;
      return new Response([204, 205, 304].includes(response.status) ? null : body, {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async #headersFor(call: Call, origin: string): Promise<Headers> {
    const headers = new Headers({ accept: 'application/json, */*' });
    const put = (more: Headers): void => more.forEach((value, name) => headers.set(name, value));
    if (call.json !== undefined) headers.set('content-type', 'application/json');
    if (call.anonymous !== true && this.#trusted.has(origin)) {
      const auth = await authHeaders(this.#auth);
      this.secrets.addRecent(auth);
      put(auth);
      put(this.#headers);
    }
    put(toHeaders(call.headers));
    return headers;
  }
}

function atLeast(name: string, value: number, minimum: number): number {
  if (Number.isFinite(value) && value >= minimum) return value;
  throw new MlflowError('INVALID_ARGUMENT', {
    what: `Option '${name}' is not usable`,
    received: String(value),
    expected: `a finite number of ${minimum} or more`,
  });
}

/** A signal of our own that ends with the caller's: theirs may live as long as the program, and would keep what listens to it. */
function linkedTo(signal: AbortSignal | undefined): { readonly signal: AbortSignal; cut(): void } {
  const own = new AbortController();
  const abort = (): void => own.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return { signal: own.signal, cut: () => signal?.removeEventListener('abort', abort) };
}
