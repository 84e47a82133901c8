/** The one error class of this package: MLflow's own code where the server gave one, and a message that says how to mend it. */

/** Codes of this package, beside those of MLflow (`RESOURCE_DOES_NOT_EXIST`, `INVALID_PARAMETER_VALUE`, …), which pass through as they are. */
export type OwnCode =
  /** The request never came to an answer: refused, reset, unknown host, TLS. */
  | 'CONNECTION_FAILED'
  /** No answer in time. */
  | 'TIMEOUT'
  /** An answer that is not MLflow's: a login page, a proxy's error page, a redirect. */
  | 'UNEXPECTED_RESPONSE'
  /** An option or argument that cannot be used; nothing was sent. */
  | 'INVALID_ARGUMENT'
  /** What was asked needs another artifact store, or a newer server. */
  | 'UNSUPPORTED'
  /** A stored file is not what was sent. */
  | 'ARTIFACT_CORRUPT'
  /** A spool, or a tree of files, that cannot be read or written. */
  | 'SPOOL_UNUSABLE';

export interface MlflowErrorDetails {
  /** What was wrong, naming the thing. */
  readonly what: string;
  readonly received?: string;
  readonly expected?: string;
  /** How to fix it, as one sentence. */
  readonly fix?: string;
  /** HTTP status, where the server answered. */
  readonly status?: number;
  /** Method and path: `POST /api/2.0/mlflow/runs/create`. */
  readonly endpoint?: string;
  /** `true` where the server may have done what was asked although no answer says so. Default: `false`. */
  readonly uncertain?: boolean;
}

/**
 * Everything this package throws, except what an `AbortSignal` gives as its reason.
 *
 * @example
 * try {
 *   await client.runs.get('abc');
 * } catch (error) {
 *   if (isMlflowError(error, 'RESOURCE_DOES_NOT_EXIST')) console.log('no such run');
 *   else throw error;
 * }
 */
export class MlflowError extends Error {
  readonly code: string;
  readonly status: number | undefined;
  readonly endpoint: string | undefined;
  readonly received: string | undefined;
  readonly expected: string | undefined;
  readonly fix: string | undefined;
  /** Whether the server may have done what was asked: look before asking again. */
  readonly uncertain: boolean;

  constructor(code: OwnCode | (string & {}), details: MlflowErrorDetails) {
    const parts = [`${details.what}.`];
    if (details.received !== undefined) parts.push(`Received: ${details.received}.`);
    if (details.expected !== undefined) parts.push(`Expected: ${details.expected}.`);
    if (details.fix !== undefined) parts.push(details.fix);
    super(`${parts.join(' ')} [${code}]`);
    this.name = 'MlflowError';
    this.code = code;
    this.status = details.status;
    this.endpoint = details.endpoint;
    this.received = details.received;
    this.expected = details.expected;
    this.fix = details.fix;
    this.uncertain = details.uncertain ?? false;
  }
}

/** `true` for an {@link MlflowError}, of one code when `code` is given. Works across copies of the package. */
export function isMlflowError(error: unknown, code?: OwnCode | (string & {})): error is MlflowError {
  return error instanceof Error && error.name === 'MlflowError' && (code === undefined || (error as MlflowError).code === code);
}

/** One sentence about anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
