import { checkOptions, oneOf, rules, type Json, type Proposer, type Rule } from '@gradus/core';
import { GradusError, type NDArray } from '@gradus/graph';
import { samplesOf, type Sample } from '../json-data.js';
import { checkJson, frozenCopy, isObject, type JsonObject } from '../json.js';
import { requireProgram } from '../program.js';
import { identity, ownFields, valueOf, type Prediction, type Trainable, type Value } from '../trainable.js';
import type { JsonSchema } from '../variables.js';
import { dns } from './dns.js';
import { choiceKey, draw, drawOne, seedOf, type Sampling } from './draw.js';
import { makeProposer, searchRules, type Moment, type SearchOptions } from './search.js';
import { survivalOfTheBest, type Survival } from './survival.js';

/** What a function that changes values may look at. */
export interface VariationContext {
  /** The variable's name. */
  readonly variable: string;
  /** Its JSON Schema. */
  readonly schema: JsonSchema;
  /** The batch of the step. */
  readonly samples: readonly Sample[];
  /** What the program, with the value that is to change, made of it. */
  readonly predictions: readonly Prediction[];
  /** From 0. */
  readonly epoch: number;
  readonly step: number;
  /** For random choices: `uint32[2]`. */
  readonly key: NDArray;
  /** The same as a number, from 0 to 2^32 - 1. */
  readonly seed: number;
}

/** The fields to change, with their new values; `null` to leave all as it is. */
type Variation<Own> = Partial<Own> | null | Promise<Partial<Own> | null>;

export interface EvolutionaryOptions<Own = JsonObject> extends SearchOptions {
  /**
   * A changed value. `examples` may be changed too. What it throws ends training: catch what may fail, and give `null`.
   * @param value Own fields and examples.
   */
  mutate(value: Own & { readonly examples: readonly Prediction[] }, context: VariationContext): Variation<Own>;
  /** A value out of two; fields that it does not give are those of the first. Default: values are only mutated. */
  crossover?(
    value: Own & { readonly examples: readonly Prediction[] },
    other: Own & { readonly examples: readonly Prediction[] },
    context: VariationContext,
  ): Variation<Own>;
  /** How the value to change is chosen from the population. Default: `softmax`. */
  readonly selection?: Sampling;
  /** Of that softmax: the smaller, the more the best are preferred. Above 0. Default: 0.3. */
  readonly selectionTemperature?: number;
  /** Values are crossed with the probability `mergingRate` times the epochs finished, at most 1. Default: 0.02. */
  readonly mergingRate?: number;
  /** Who stays in the population: the `best`, or the good and the different by {@link dns}. Default: `best`. */
  readonly survival?: 'best' | 'dns' | Survival;
}

const RULES: Readonly<Record<string, Rule>> = {
  ...searchRules,
  mutate: rules.method,
  crossover: rules.method,
  selection: oneOf('softmax', 'best', 'random'),
  selectionTemperature: rules.positive,
  mergingRate: rules.notNegative,
  survival: {
    expected: "'best', 'dns', or a function of a pool and a size",
    accepts: (v) => typeof v === 'function' || v === 'best' || v === 'dns',
  },
};

/**
 * Evolves the values of variables: one is changed at random, or crossed with another of the population, and kept if it is good. The
 * changes are yours: ask a language model, or pick from a list.
 *
 * @throws `INVALID_ARGUMENT`; when training, `INVALID_MODEL` for a model that is no program or has nothing to train, `INVALID_VARIABLE` for
 * a change that does not fit the variable's schema.
 * @example
 * const words = ['Say', 'Tell', 'Explain'];
 * evolutionary<{ verb: string }>({ mutate: (_value, { seed }) => ({ verb: words[seed % words.length] }) });
 */
export function evolutionary<Own = JsonObject>(options: EvolutionaryOptions<Own>): Proposer {
  checkOptions('evolutionary', options, RULES, ['mutate']);
  const {
    mutate,
    crossover,
    selection = 'softmax',
    selectionTemperature = 0.3,
    mergingRate = 0.02,
    survival = 'best',
    ...search
  } = options;
  return makeProposer({
    ...search,
    name: 'evolutionary',
    parents: { sampling: selection, temperature: selectionTemperature },
    survival: survival === 'best' ? survivalOfTheBest : survival === 'dns' ? dns() : survival,
    canChange: () => true,
    async change(moment) {
      const { variable, context, key } = moment;
      const value = frozenCopy(valueOf(variable) as Json) as unknown as Value;
      const others = othersThan(variable);
      const crosses = crossover !== undefined && others.length > 0 && draw(choiceKey(key, 0)) < mergingRate * context.epoch;
      const told = variationContext(moment, choiceKey(key, 2));
      const change = crosses
        ? await crossover(value as never, frozenCopy(drawOne(choiceKey(key, 1), others) as Json) as never, told)
        : await mutate(value as never, told);
      return change === null ? null : apply(crosses ? 'crossover' : 'mutate', value, change);
    },
  });
}

/** Members of the population that are not the variable's own value. */
function othersThan(variable: Trainable): Value[] {
  const own = identity(variable);
  return variable.bestCandidates.filter((candidate) => identity(candidate) !== own).map(valueOf);
}

function variationContext({ name, made, context }: Moment, key: NDArray): VariationContext {
  const { epoch, step, batch, model } = context;
  const { [name]: schema } = requireProgram(model).schemas;
  return {
    variable: name,
    schema,
    samples: samplesOf(batch),
    predictions: frozenCopy(made as Json) as never,
    epoch,
    step,
    key,
    seed: seedOf(key),
  };
}

/** @throws `INVALID_VARIABLE` for fields that the variable does not have, `NOT_JSON`. */
function apply(owner: string, value: Value, change: object): Value {
  checkJson(`What ${owner} of evolutionary gave`, change);
  const known = [...Object.keys(ownFields(value)), 'examples'];
  const odd = isObject(change) ? Object.keys(change).filter((name) => !known.includes(name)) : [JSON.stringify(change)];
  if (odd.length === 0) return { ...value, ...(change as Record<string, Json>) } as Value;
  throw new GradusError('INVALID_VARIABLE', {
    what: `${owner} of evolutionary gave what the variable does not have`,
    received: odd.join(', '),
    expected: `an object with some of ${known.join(', ')}, or null`,
  });
}
