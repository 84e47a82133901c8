/** One HTTP exchange as a language model's server needs it: tried again when it may help, and never waiting for ever. */
import ky, { HTTPError } from 'ky';
import { beginningOf } from '../words.js';

export interface HttpOptions {
  /** Milliseconds for one try, until the whole answer is there. */
  readonly timeout: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Milliseconds before the second try; doubled with each that follows. */
  readonly backoff: number;
  /** The most milliseconds that a server can ask to wait before the next try. */
  readonly maxRetryAfter: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came of an exchange: the body of an answer, or why there is none, without anything that was sent. */
export type Exchange =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: number | null; readonly reason: string };

/** Answers that another try may turn into better ones: too many requests, and failures of the server. */
const RETRIED = [408, 425, 429, 500, 502, 503, 504, 529];

/** Posts JSON. @throws the signal's reason when it is aborted, nothing else. */
export async function postJson(url: string, body: unknown, signal: AbortSignal | undefined, options: HttpOptions): Promise<Exchange> {
  const { timeout, retries, backoff, maxRetryAfter, headers } = options;
  try {
    const response = await ky.post(url, {
      json: body,
      headers,
      signal,
      // Its own limit ends with the headers of an answer; ours covers the body too.
      timeout: false,
      fetch: (request, init) => wholeAnswer(request as Request, init, timeout),
      retry: {
        limit: retries,
        methods: ['post'],
        statusCodes: RETRIED,
        afterStatusCodes: RETRIED,
        maxRetryAfter,
        delay: (attempt) => backoff * 2 ** (attempt - 1),
      },
    });
    return { ok: true, text: await response.text() };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof HTTPError)) return { ok: false, status: null, reason: reasonOf(error) };
    const { status } = error.response;
    return { ok: false, status, reason: `status ${status}: ${serversWords(await error.response.text())}` };
  }
}

/** An answer that is there to its last byte. */
async function wholeAnswer(request: Request, init: RequestInit | undefined, timeout: number): Promise<Response> {
  const control = new AbortController();
  const abort = (): void => control.abort(request.signal.reason);
  request.signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => control.abort(new Error(`no whole answer within ${timeout} ms`)), timeout);
  try {
    const response = await fetch(request, { ...init, signal: control.signal });
    const text = await response.text();
    // Answers such as 204 may not have a body, not even an empty one.
    return new Response(text === '' ? null : text, { status: response.status, statusText: response.statusText, headers: response.headers });
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', abort);
  }
}

/** What kept the server from answering: `fetch` itself only says that it failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as { readonly code?: string; readonly message?: string } | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}

/** The message of an error in the protocol's form, or the beginning of whatever was sent. */
function serversWords(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    if (typeof error?.message === 'string') return error.message;
  } catch {
    // Proxies answer in HTML.
  }
  return beginningOf(text);
}
