/** Calls inside of a model as spans of its trace. */
import type { Emit } from '@gradus/core';
import { now } from './trace.js';

/** The event that a traced call is told by. */
export const SPAN_EVENT = 'span';

/**
 * A function whose calls are spans of the epoch's trace: the `run` of a program, or anything that a program calls.
 *
 * @param name Of the spans.
 * @param run Its second argument has the `emit` of the run, as programs of @gradus/programs and models have.
 * @param type `CHAIN` by default; `CHAT_MODEL`, `TOOL`, `RETRIEVER`, … have signs of their own on MLflow's pages.
 * @example
 * defineProgram({ name: 'weather', run: traced('weather', ({ celsius }, { variable }) => …), … });
 */
export function traced<Input, Context extends { readonly emit: Emit | null }, Output>(
  name: string,
  run: (input: Input, context: Context) => Output | Promise<Output>,
  type = 'CHAIN',
): (input: Input, context: Context) => Promise<Output> {
  return async (input, context) => {
    const startTime = now();
    const tell = (facts: Readonly<Record<string, unknown>>): void =>
      context.emit?.(SPAN_EVENT, { name, type, startTime, endTime: now(), inputs: input, ...facts });
    try {
      const outputs = await run(input, context);
      tell({ outputs, status: 'OK' });
      return outputs;
    } catch (error) {
      tell({ status: 'ERROR', statusMessage: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  };
}
