/** What a run is given besides its input, and what it leaves behind. */
import type { Emit, Json, Variables } from '@gradus/core';
import type { NDArray } from '@gradus/graph';
import { checkJson } from './json.js';
import type { Prediction } from './trainable.js';
import type { VariableSet } from './variables.js';

/** What a run may use besides its input. */
export interface RunContext<Own = Record<string, object>> {
  /**
   * The current value of a variable, unchangeable: its own fields and `examples`. What the run makes of its input is then recorded as a
   * prediction of that variable.
   * @throws `UNKNOWN_NAME`.
   */
  variable<N extends keyof Own & string>(name: N): Readonly<Own[N]> & { readonly examples: readonly Prediction[] };
  /**
   * Records what one part of the run made, for the variable that this part reads: in place of the input and output of the whole run.
   * @throws `UNKNOWN_NAME`, `NOT_JSON`.
   */
  record(name: keyof Own & string, prediction: { readonly inputs: Json; readonly outputs: Json }): void;
  /** The random key of this sample: `uint32[2]`. */
  readonly key: NDArray;
  /** The same as a number, for whatever takes one: a whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** `false` in `evaluate`, and where the program is run by itself. */
  readonly training: boolean;
  /** Reports an event to the run's callbacks and its telemetry. */
  readonly emit: Emit;
}

/** What a run leaves behind. */
export interface Ran {
  /** `null` where it threw. */
  readonly output: Json;
  readonly recorded: readonly Recorded[];
  /** What it threw, if anything. */
  readonly thrown: { readonly error: unknown } | null;
}

export interface Recorded {
  readonly name: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

export type Told = Pick<RunContext, 'key' | 'training' | 'emit'>;

/** Runs `fn` on one input. An output that is no JSON counts as thrown, with `NOT_JSON`. */
export async function runOnce(
  owner: string,
  fn: (input: never, context: never) => Json | Promise<Json>,
  set: VariableSet,
  variables: Variables,
  input: Json,
  told: Told,
): Promise<Ran> {
  const read = new Set<string>();
  const recorded: Recorded[] = [];
  const context: RunContext = {
    ...told,
    seed: (told.key.data as Uint32Array)[0],
    variable(name) {
      set.require(name);
      read.add(name);
      return variables[name] as never;
    },
    record(name, { inputs, outputs }) {
      set.require(name);
      checkJson(`A prediction of variable '${name}' of ${owner}`, [inputs, outputs]);
      recorded.push({ name, inputs, outputs });
    },
  };
  let output: Json = null;
  let thrown: Ran['thrown'] = null;
  try {
    const answer = await fn(input as never, context as never);
    checkJson(`The output of ${owner}`, answer);
    output = answer;
  } catch (error) {
    thrown = { error };
  }
  const whole = [...read].filter((name) => recorded.every((own) => own.name !== name));
  return { output, recorded: [...recorded, ...whole.map((name) => ({ name, inputs: input, outputs: output }))], thrown };
}
