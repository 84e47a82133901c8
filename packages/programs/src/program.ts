/** Programs: async functions of JSON with JSON variables, scored by a reward. A program is a model, so the trainer trains it. */
import { checkOptions, oneOf, rules, type Batch, type Json, type Model, type ModelContext, type Variables } from '@gradus/core';
import { GradusError, randomKey, type NDArray } from '@gradus/graph';
import { samplesOf } from './json-data.js';
import type { ProgramMetric } from './metrics/metric.js';
import { declareMetrics, measureMetrics } from './metrics/report.js';
import type { Reward } from './rewards/reward.js';
import { reduceBatch, simpleRewards } from './rewards/score.js';
import { predictionsOf, runBatch, type BatchParts } from './run-batch.js';
import { runOnce, type RunContext } from './run-context.js';
import type { Prediction } from './trainable.js';
import { VariableSet, type JsonSchema, type VariableDeclaration } from './variables.js';

export interface ProgramDefinition<Input, Output extends Json, Own> {
  /** Names the run folder and appears in messages. */
  readonly name: string;
  /** Default: none. */
  readonly variables?: { readonly [N in keyof Own]: VariableDeclaration<Own[N]> };
  /** The program: JSON in, JSON out; `null` where it failed. */
  run(input: Input, context: RunContext<Own>): Output | Promise<Output>;
  /** How good an answer is. A program that is neither trained nor evaluated needs none. */
  readonly reward?: Reward;
  /** What to report beside the reward. */
  readonly metrics?: readonly ProgramMetric[];
  /** Runs under way at once. Default: 8. */
  readonly concurrency?: number;
  /**
   * What becomes of a sample whose run or reward throws: `'zero'` gives it no output and reward 0, with the event `sample_failed`;
   * `'throw'` ends training. Mistakes, such as the name of a variable that does not exist, always end it. Default: `'zero'`, since a
   * language model that is away for a moment should not end a long run.
   */
  readonly onError?: 'zero' | 'throw';
}

/** What a run reads of each variable: its own fields, and examples. */
export type Values<Own> = { readonly [N in keyof Own]: Readonly<Own[N]> & { readonly examples: readonly Prediction[] } };

export interface Program<Input = never, Output extends Json = Json, Own = Record<string, object>> extends Model {
  /** The schemas of the variables, by name. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  variables(): Variables;
  /** @throws `INVALID_VARIABLE` unless these are the program's variables, each fitting its schema. */
  checkVariables(variables: Variables): void;
  /** What a run would read of them, unchangeable. Default: those the program begins with. @throws `INVALID_VARIABLE`. */
  values(variables?: Variables): Values<Own>;
  /**
   * Runs on one input.
   * @param options.variables Default: those the program begins with.
   * @param options.seed Decides random choices. Default: 0.
   * @throws what the program throws; `INVALID_VARIABLE`, `INVALID_SEED`, `NOT_JSON` for an output that is none.
   */
  run(input: Input, options?: { readonly variables?: Variables; readonly seed?: number }): Promise<Output>;
  /** The same program, beginning with other values: those of a trainer, or of a file. @throws `INVALID_VARIABLE`. */
  withVariables(variables: Variables): Program<Input, Output, Own>;
}

/** What a program tells proposers about a batch. */
export interface ProgramDetails {
  /** What each variable took part in: one prediction per sample that read it, or per record. */
  readonly predictions: Readonly<Record<string, readonly Prediction[]>>;
}

const RULES = {
  name: rules.text,
  variables: rules.object,
  run: rules.method,
  reward: rules.object,
  metrics: rules.objects,
  concurrency: rules.positiveCount,
  onError: oneOf('zero', 'throw'),
};

/**
 * Makes a program. As a model of the trainer it reports `reward`, `failure_rate` (the share of samples without an output), the parts of a
 * weighted reward as `<name>_reward`, and its metrics.
 *
 * @throws `INVALID_ARGUMENT`, `INVALID_VARIABLE`, `DUPLICATE_NAME`.
 * @example
 * const program = defineProgram({
 *   name: 'greeter',
 *   variables: { greeting: { schema: { type: 'object', properties: { word: { type: 'string' } } }, value: { word: 'Hi' } } },
 *   run: ({ who }: { who: string }, { variable }) => `${variable('greeting').word}, ${who}`,
 *   reward: exactMatch(),
 * });
 * await new Trainer({ model: program, optimizer: randomFewShot() }).fit(jsonData([{ input: { who: 'Ada' }, target: 'Hi, Ada' }]));
 */
export function defineProgram<Input, Output extends Json, Own = Record<never, never>>(
  definition: ProgramDefinition<Input, Output, Own>,
): Program<Input, Output, Own> {
  checkOptions('defineProgram', definition, RULES, ['name', 'run']);
  const { name, variables = {}, reward, metrics = [], concurrency = 8, onError = 'zero' } = definition;
  const owner = `program '${name}'`;
  const set = new VariableSet(owner, variables as Readonly<Record<string, VariableDeclaration>>);
  const run: BatchParts['run'] = (values, input, told) => runOnce(owner, definition.run, set, values, input, told);
  const scoring = reward && {
    metrics: declareMetrics(metrics, rewardNames(reward)),
    async reward(values: Variables, batch: Batch, context: ModelContext) {
      const { key, training, emit } = context;
      const parts = { run, reward, concurrency, onError };
      const samples = await runBatch(parts, set.readable(values), samplesOf(batch), { key: key as NDArray, training, emit });
      const reduced = reduceBatch(
        reward,
        samples.map(({ scores }) => scores),
      );
      return {
        reward: reduced.total,
        metrics: {
          failure_rate: samples.filter(({ output }) => output === null).length / samples.length,
          ...Object.fromEntries(rewardNames(reward).map((part, i) => [part, reduced.parts[i]])),
          ...measureMetrics(metrics, samples),
        },
        details: { predictions: predictionsOf(samples) } satisfies ProgramDetails,
      };
    },
  };
  const begin = (initial: Variables): Program<Input, Output, Own> => ({
    name,
    init: () => ({}),
    schemas: set.schemas,
    variables: () => initial,
    checkVariables: (values) => set.check(values),
    values: (values = initial) => set.readable(values) as Values<Own>,
    async run(input, { variables: values = initial, seed = 0 } = {}) {
      const told = { key: randomKey(seed), training: false, emit: () => {} };
      const { output, thrown } = await run(set.readable(values), input as Json, told);
      if (thrown !== null) throw thrown.error;
      return output as Output;
    },
    withVariables(values) {
      set.checkAll(values);
      return begin(values);
    },
    ...scoring,
  });
  return begin(set.initial);
}

/** @throws `INVALID_MODEL` for a model that is no program. */
export function requireProgram(model: Model): Program {
  if (typeof (model as Partial<Program>).checkVariables === 'function') return model as Program;
  throw new GradusError('INVALID_MODEL', {
    what: `Model '${model.name}' is no program`,
    received: 'a model whose variables have no schemas',
    expected: 'a program',
    fix: 'Make it with defineProgram().',
  });
}

/** What the parts of a composite reward are reported as. */
const rewardNames = (reward: Reward): string[] =>
  'parts' in reward ? simpleRewards(reward).map(({ reward: simple }) => `${simple.name}_reward`) : [];
