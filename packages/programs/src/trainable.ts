/**
 * The value of a trainable variable: its own fields, and everything that proposers remember of it. All of it is JSON, so that a checkpoint
 * holds the whole search.
 */
import type { Json, Variables } from '@gradus/core';
import { canonicalJson, isObject, type JsonObject } from './json.js';

/** What a program made of an input, and how good it was. As an entry of `examples` it shows the program how it is done. */
export type Prediction = {
  readonly inputs: Json;
  readonly outputs: Json;
  /** `null` where nobody scored it. */
  readonly reward: number | null;
};

/** Own fields and examples: what a proposer changes. */
export type Value = JsonObject & { readonly examples: readonly Prediction[] };

/** A value that was tried. */
export type Candidate = Value & {
  /** The mean over `count` measurements. */
  readonly reward: number;
  readonly count: number;
};

/** What every trainable variable has besides its own fields. */
export type Bookkeeping = {
  /** Shown to the program. */
  readonly examples: readonly Prediction[];
  /** What the program made in this epoch while it read the variable, training batches only. */
  readonly predictions: readonly Prediction[];
  /** Where the search starts. */
  readonly seedCandidates: readonly Value[];
  /** Found in this epoch. */
  readonly candidates: readonly Candidate[];
  /** The population, kept from epoch to epoch. */
  readonly bestCandidates: readonly Candidate[];
  /** The best value at the end of each epoch that changed it. */
  readonly history: readonly Value[];
  /** Samples of the last training batch whose run read the variable. */
  readonly nbVisit: number;
  /** The sum of their rewards. */
  readonly cumulativeReward: number;
};

export type Trainable = JsonObject & Bookkeeping;

const BOOKKEEPING: readonly (keyof Bookkeeping)[] = [
  'examples',
  'predictions',
  'seedCandidates',
  'candidates',
  'bestCandidates',
  'history',
  'nbVisit',
  'cumulativeReward',
];

/** Names that own fields cannot have: bookkeeping, and what a candidate adds. */
export const RESERVED: readonly string[] = [...BOOKKEEPING, 'reward', 'count'];

export const isTrainable = (value: Json): value is Trainable => isObject(value) && BOOKKEEPING.every((name) => name in value);

/** Names of the trainable ones, in their order. */
export const trainableNames = (variables: Variables): string[] => Object.keys(variables).filter((name) => isTrainable(variables[name]));

/** Own fields without examples and without bookkeeping. */
export const ownFields = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !RESERVED.includes(name)));

/** Own fields and examples: of a variable, or of a candidate without its reward. */
export const valueOf = (value: Trainable | Value): Value => ({ ...ownFields(value), examples: value.examples }) as Value;

/** Equal for values that make the same program. */
export const identity = (value: Trainable | Value): string => canonicalJson(valueOf(value) as Json);

/** The variable before any training. */
export const fresh = (value: Value, seeds: readonly Value[]): Trainable =>
  ({
    examples: value.examples,
    predictions: [],
    seedCandidates: seeds,
    candidates: [],
    bestCandidates: [],
    history: [],
    nbVisit: 0,
    cumulativeReward: 0,
    ...ownFields(value),
  }) as unknown as Trainable;

/** Changes every trainable variable; the others stay as they are. */
export const mapTrainable = (variables: Variables, change: (variable: Trainable, name: string) => Trainable): Variables =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, isTrainable(value) ? change(value, name) : value]));
