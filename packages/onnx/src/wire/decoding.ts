/** The code of bytes that cannot be read. */
import { GradusError, isGradusError } from '@gradus/graph';

/** Runs a decoder; what fails inside becomes an `INVALID_ONNX` error. */
export function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (isGradusError(error)) throw error;
    throw new GradusError('INVALID_ONNX', {
      what: `${what} cannot be read: its bytes are damaged, or are something else`,
      received: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}
