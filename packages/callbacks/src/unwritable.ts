/** What to say of a file that cannot be written: an error before training, one warning while it goes on. */
import { GradusError } from '@gradus/graph';

export interface FileProblem {
  /** @param fix What the reader may do, or what happens meanwhile. */
  error(cause: unknown, fix: string): GradusError;
  /** Warns at the first call. */
  warn(cause: unknown, fix: string): void;
}

/** `TELEMETRY_UNWRITABLE`, naming the callback and the path. */
export function fileProblem(owner: string, path: () => string): FileProblem {
  const error: FileProblem['error'] = (cause, fix) =>
    new GradusError('TELEMETRY_UNWRITABLE', {
      what: `${owner} cannot write '${path()}'`,
      received: cause instanceof Error ? cause.message : String(cause),
      expected: 'a place where files can be made, with space left',
      fix,
      cause,
    });
  let warned = false;
  return {
    error,
    warn(cause, fix) {
      if (warned) return;
      warned = true;
      const warning = error(cause, fix);
      process.emitWarning(warning.message, { code: warning.code });
    },
  };
}
