/** The loop that all proposers of programs share: try a value, score it, remember it. They differ in the values they try. */
import {
  rules,
  type DataSource,
  type ProposalContext,
  type Json,
  type Proposer,
  type Rule,
  type Scored,
  type Variables,
} from '@gradus/core';
import { GradusError, type NDArray } from '@gradus/graph';
import { requireProgram, type ProgramDetails } from '../program.js';
import { identity, isTrainable, mapTrainable, trainableNames, type Prediction, type Trainable, type Value } from '../trainable.js';
import { choiceKey, drawMany, drawOne, type DrawOptions } from './draw.js';
import { atBest, beginEpoch, endEpoch, isMeasured, measured, poolOf, withPredictions, withValue } from './population.js';
import { batchAt } from './scoring-data.js';
import { survivalOfTheBest, type Survival } from './survival.js';

/** Options of every proposer. */
export interface SearchOptions {
  /** Values kept from epoch to epoch, of each variable. Default: 10. */
  readonly populationSize?: number;
  /**
   * How sharply rewards decide where they decide by chance: which of several variables to change, the worse the likelier, and with `softmax`
   * which examples to show. The smaller the sharper; above 0. Default: 0.3.
   */
  readonly samplingTemperature?: number;
  /**
   * Where new values are scored: step s takes its batch number s. Default: the batch of the step, which also gave the predictions; give
   * other data when examples are taken from predictions, since a program that is shown its answers repeats them.
   */
  readonly scoreOn?: DataSource;
}

export const searchRules: Readonly<Record<string, Rule>> = {
  populationSize: rules.positiveCount,
  samplingTemperature: rules.positive,
  scoreOn: { expected: 'a data source, such as jsonData()', accepts: (v) => typeof (v as DataSource | null)?.batches === 'function' },
};

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** What a change may depend on. */
export interface Moment {
  /** The variable's name. */
  readonly name: string;
  readonly variable: Trainable;
  /** What the program made of this step's batch. */
  readonly made: readonly Prediction[];
  readonly context: ProposalContext;
  /** For the random choices of the change. */
  readonly key: NDArray;
}

/** What makes a proposer. */
export interface Search extends SearchOptions {
  readonly name: string;
  /** How the value to start a step from is chosen from the population. */
  readonly parents: DrawOptions;
  readonly survival?: Survival;
  /** Whether there is something to make a change of. */
  canChange(variable: Trainable): boolean;
  /** A new value, or `null` for none. */
  change(moment: Moment): Promise<Value | null>;
}

/** The random choices of a step. */
const CHOICE = { variable: 0, change: 1, parents: 2 } as const;

export function makeProposer(search: Search): Proposer {
  const { name, populationSize = 10, samplingTemperature = 0.3, scoreOn, survival = survivalOfTheBest } = search;
  return {
    name,
    config: Object.fromEntries(Object.entries(search).filter((option): option is [string, Json] => isScalar(option[1]))),

    async propose(variables, context) {
      requireProgram(context.model);
      const names = trainableNames(variables);
      if (names.length === 0) throw nothingToTrain(context.model.name);

      const started = mapTrainable(variables, (variable, own) => {
        const begun = context.firstOfEpoch ? beginEpoch(variable) : variable;
        return withValue(begun, parentOf(begun, choiceKey(context.key, CHOICE.parents + names.indexOf(own)), search.parents));
      });
      const base = await context.reward(started);
      const made = (base.details as ProgramDetails).predictions;
      let current = mapTrainable(started, (variable, own) => withPredictions(variable, made[own] ?? []));

      const scoring = scoreOn === undefined ? undefined : await batchAt(scoreOn, context.step);
      // The value to start from is a candidate too. On data of their own values are scored once, which spares many runs.
      const isNew = trainable(current).some((variable) => !isMeasured(variable));
      const start = scoring === undefined ? base : isNew ? await context.reward(current, scoring) : null;
      if (start !== null) current = allMeasured(current, start);

      const changed = await changeOne(search, current, made, context, samplingTemperature);
      if (changed === null && start !== null) return { variables: mapTrainable(current, atBest), scored: start };
      const tried = changed ?? current;
      const scored = await context.reward(tried, scoring);
      return { variables: mapTrainable(allMeasured(tried, scored), atBest), scored };
    },

    async endEpoch(variables) {
      const ended: Record<string, Variables[string]> = { ...variables };
      for (const [own, variable] of Object.entries(variables)) {
        if (!isTrainable(variable)) continue;
        const pool = poolOf(variable);
        if (pool.length > 0) ended[own] = endEpoch(variable, await survival(pool, populationSize)) as Variables[string];
      }
      return ended;
    },
  };
}

const trainable = (variables: Variables): Trainable[] => Object.values(variables).filter(isTrainable);

const allMeasured = (variables: Variables, { reward }: Scored): Variables =>
  mapTrainable(variables, (variable) => measured(variable, reward));

/** A member of the population, or in the first epoch one of the seeds. */
function parentOf({ bestCandidates, seedCandidates }: Trainable, key: NDArray, options: DrawOptions): Value {
  if (bestCandidates.length === 0) return drawOne(key, seedCandidates);
  const [{ reward: _, count: __, ...value }] = drawMany(
    key,
    bestCandidates,
    bestCandidates.map(({ reward }) => reward),
    1,
    options,
  );
  return value as unknown as Value;
}

/** The variables with a new value of one of them, or `null` where nothing changes. */
async function changeOne(
  search: Search,
  variables: Variables,
  made: ProgramDetails['predictions'],
  context: ProposalContext,
  temperature: number,
): Promise<Variables | null> {
  const name = chooseVariable(search, variables, choiceKey(context.key, CHOICE.variable), temperature);
  if (name === null) return null;
  const variable = variables[name] as Trainable;
  const value = await search.change({ name, variable, made: made[name] ?? [], context, key: choiceKey(context.key, CHOICE.change) });
  if (value === null || identity(value) === identity(variable)) return null;
  const changed = { ...variables, [name]: withValue(variable, value) };
  requireProgram(context.model).checkVariables(changed);
  return changed;
}

/** The variable to change: one that no run of the batch read, else the worse its rewards the likelier. */
function chooseVariable(search: Search, variables: Variables, key: NDArray, temperature: number): string | null {
  const names = trainableNames(variables).filter((name) => search.canChange(variables[name] as Trainable));
  if (names.length === 0) return null;
  const unvisited = names.filter((name) => (variables[name] as Trainable).nbVisit === 0);
  if (unvisited.length > 0) return drawOne(key, unvisited);
  const struggle = names.map((name) => {
    const { cumulativeReward, nbVisit } = variables[name] as Trainable;
    return -cumulativeReward / nbVisit;
  });
  return drawMany(key, names, struggle, 1, { sampling: 'softmax', temperature })[0];
}

const nothingToTrain = (model: string): GradusError =>
  new GradusError('INVALID_MODEL', {
    what: `Program '${model}' has nothing to train`,
    received: 'no trainable variables',
    expected: 'at least one',
    fix: 'Declare one in `variables`, without `trainable: false`.',
  });
