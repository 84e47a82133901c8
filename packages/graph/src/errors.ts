/** The one error class of Gradus: a stable code, and a message that says what was wrong and how to mend it. */

/** What an error tells its reader. Every part becomes one sentence of the message. */
export interface ErrorDetails {
  /** What was wrong, naming the thing: `Add: shapes do not broadcast`. */
  readonly what: string;
  /** What was received. */
  readonly received?: string;
  /** What was expected instead. */
  readonly expected?: string;
  /** How to fix it, as one sentence. */
  readonly fix?: string;
  /** The line of the user's code that it is about: `model.ts:12:7`. */
  readonly at?: string | null;
  /** The error that caused this one. */
  readonly cause?: unknown;
  /** Machine-readable facts: the step, the parameter's name, the plugin. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * An error with a stable code. `docs/errors.md` lists every code.
 *
 * @example
 * throw new GradusError('SHAPE_MISMATCH', {
 *   what: 'Add: shapes do not broadcast', received: '[2, 3] and [4]', expected: 'equal sizes, or 1, on each axis from the right',
 *   fix: 'Reshape one operand.',
 * });
 */
export class GradusError extends Error {
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, details: ErrorDetails) {
    const parts = [`${details.what}.`];
    if (details.received !== undefined) parts.push(`Received: ${details.received}.`);
    if (details.expected !== undefined) parts.push(`Expected: ${details.expected}.`);
    if (details.fix !== undefined) parts.push(details.fix);
    if (details.at != null) parts.push(`At ${details.at}.`);
    super(`${parts.join(' ')} [${code}]`, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GradusError';
    this.code = code;
    this.data = details.data ?? {};
  }
}

/** `true` for a {@link GradusError}, of one code when `code` is given. Works across copies of the package. */
export function isGradusError(error: unknown, code?: string): error is GradusError {
  return error instanceof Error && error.name === 'GradusError' && (code === undefined || (error as GradusError).code === code);
}
