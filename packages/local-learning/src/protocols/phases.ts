/** Options that all protocols have. */
import { checkOptions, rules } from '@gradus/core';

export interface PhaseOptions {
  /** Sweeps before the first phase in which layers hear only themselves and those before them. Default: 0; the later library's trainers have 1. */
  readonly warmUp?: number;
  /** The most sweeps of the phase in which all layers hear each other, the labels among them. Default: 10. */
  readonly clamped?: number;
  /** The most sweeps of the phase that does not hear the labels. Default: 10. */
  readonly free?: number;
  /** The most sweeps of inference. Default: 10. */
  readonly inference?: number;
}

/** @throws `INVALID_ARGUMENT`. */
export function phasesOf(owner: string, options: PhaseOptions): Required<PhaseOptions> {
  checkOptions(owner, options, { warmUp: rules.count, clamped: rules.count, free: rules.count, inference: rules.count });
  return { warmUp: options.warmUp ?? 0, clamped: options.clamped ?? 10, free: options.free ?? 10, inference: options.inference ?? 10 };
}
