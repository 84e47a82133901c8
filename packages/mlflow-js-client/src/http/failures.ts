/** Answers that are no success, and requests without an answer, as errors that say what to do. */
import { messageOf, MlflowError } from '../errors.js';

/** The code of an answer that names none, by its status. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'ENDPOINT_NOT_FOUND',
  405: 'ENDPOINT_NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  413: 'REQUEST_TOO_LARGE',
  429: 'REQUEST_LIMIT_EXCEEDED',
  500: 'INTERNAL_ERROR',
  501: 'NOT_IMPLEMENTED',
  502: 'TEMPORARILY_UNAVAILABLE',
  503: 'TEMPORARILY_UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** Statuses after which the same request may succeed later; the policy of MLflow's Python client. */
export const TRANSIENT = [408, 429, 500, 502, 503, 504];

/** Network errors before the first byte was sent: the server has certainly done nothing. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

const TLS = /CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/;

/** Whether a request failed in a way that no later attempt can mend: a certificate nobody trusts. */
export const isHopeless = (error: unknown): boolean => TLS.test(reasonOf(error).code ?? '');

const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
};

/** What a page says, without its markup. */
const pageText = (html: string): string => shorten(html.replace(/<(style|script)[^]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' '));

const looksLikeHtml = (text: string): boolean => text.trimStart().startsWith('<');

function fixFor(status: number, text: string): string | undefined {
  if (/invalid host header/i.test(text)) return 'Start the server with --allowed-hosts and the name used here.';
  if (/cross-origin request blocked/i.test(text)) return 'Start the server with --cors-allowed-origins and the origin of this page.';
  if (status === 401) return 'Give credentials: MLFLOW_TRACKING_USERNAME and _PASSWORD, MLFLOW_TRACKING_TOKEN, or the option `auth`.';
  if (status === 403) return 'Ask for the permission on this server, or look at its proxy.';
  if (status === 404 && looksLikeHtml(text)) return 'This server has no such endpoint: it may be too old, or the URI lacks a prefix.';
  if (status === 413) return 'A proxy limits the size of a request: send less at once, or raise its limit.';
  return undefined;
}

/** What a message needs to know of a request. */
export interface Asked {
  /** Method and path. */
  readonly endpoint: string;
  /** Scheme, host and prefix of the server. */
  readonly base: string;
  /** Hides secrets. */
  redact(text: string): string;
}

/** An answer whose status is an error, whatever its body is: MLflow's JSON, plain text, or a page. */
export function errorOfResponse({ endpoint, redact }: Asked, response: Response, body: string): MlflowError {
  const { status } = response;
  const text = redact(body);
  // A browser shows a redirect that was not followed as status 0.
  if (status === 0 || (status >= 300 && status < 400)) {
    const location = response.headers.get('location');
    return new MlflowError('UNEXPECTED_RESPONSE', {
      what: `${endpoint} was redirected`,
      received: `status ${status}${location === null ? '' : ` to '${redact(location.replace(/[?#].*/, ''))}'`}`,
      expected: 'an answer of MLflow',
      fix: 'Use the URI the server redirects to; if that is a login page, give credentials.',
      status,
      endpoint,
    });
  }
  const json = parseObject(text);
  const named = typeof json?.error_code === 'string' ? json.error_code : undefined;
  const message = typeof json?.message === 'string' ? json.message : looksLikeHtml(text) ? pageText(text) : text;
  return new MlflowError(named ?? CODE_OF_STATUS[status] ?? 'UNEXPECTED_RESPONSE', {
    what: `${endpoint} failed with status ${status}`,
    received: shorten(message).replace(/\.$/, '') || 'an empty answer',
    fix: fixFor(status, text),
    status,
    endpoint,
    // A 429 was turned away; any other trouble on the way may have come after the work was done.
    uncertain: TRANSIENT.includes(status) && status !== 429,
  });
}

/** An answer with a good status that is not what MLflow would say. */
export function unexpectedBody({ endpoint, redact }: Asked, status: number, body: string): MlflowError {
  const text = redact(body);
  return new MlflowError('UNEXPECTED_RESPONSE', {
    what: `${endpoint} answered with something else than JSON`,
    received: looksLikeHtml(text) ? `a page: ${pageText(text)}` : `'${shorten(text)}'`,
    expected: 'a JSON object',
    fix: 'This may be a login page or another server: check the URI, its prefix, and the credentials.',
    status,
    endpoint,
    uncertain: true,
  });
}

/** No answer: the reason is hidden in `cause` of what fetch throws. */
export function errorOfFailure({ endpoint, base, redact }: Asked, error: unknown, timeout: number): MlflowError {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new MlflowError('TIMEOUT', {
      what: `${endpoint} had no answer`,
      received: `nothing for ${timeout / 1000} s`,
      fix: 'Raise the option `timeout` (MLFLOW_HTTP_REQUEST_TIMEOUT, in seconds) if the server is slow.',
      endpoint,
      uncertain: true,
    });
  }
  const { code, reason } = reasonOf(error);
  return new MlflowError('CONNECTION_FAILED', {
    what: `${endpoint}: no connection to ${base}`,
    received: redact(reason),
    fix: TLS.test(code ?? '')
      ? 'Give the certificate of the server (MLFLOW_TRACKING_SERVER_CERT_PATH), or MLFLOW_TRACKING_INSECURE_TLS=true to trust anybody.'
      : 'Check that the server runs and that the URI is right.',
    endpoint,
    uncertain: code === undefined || !(NEVER_SENT.has(code) || TLS.test(code)),
  });
}

function reasonOf(error: unknown): { code: string | undefined; reason: string } {
  // Several addresses of one host fail together, as an AggregateError without a message.
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at instanceof AggregateError ? at.errors[0] : at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string') return { code, reason: at.message.includes(code) ? at.message : `${code} ${at.message}`.trim() };
  }
  return { code: undefined, reason: messageOf(error) };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
