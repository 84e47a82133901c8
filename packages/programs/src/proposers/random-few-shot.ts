import { checkOptions, oneOf, rules, type Proposer, type Rule } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { valueOf, type Prediction, type Trainable, type Value } from '../trainable.js';
import { choiceKey, drawInteger, drawMany, type Sampling } from './draw.js';
import { makeProposer, searchRules, type Moment, type SearchOptions } from './search.js';

export interface FewShotOptions extends SearchOptions {
  /** The fewest examples. Default: 1. */
  readonly minExamples?: number;
  /** The most examples. Default: 3. */
  readonly maxExamples?: number;
  /** How examples are chosen by their rewards. Default: `softmax`, with `samplingTemperature`. */
  readonly sampling?: Sampling;
}

const RULES: Readonly<Record<string, Rule>> = {
  ...searchRules,
  minExamples: rules.count,
  maxExamples: rules.count,
  sampling: oneOf('softmax', 'best', 'random'),
};

/**
 * Shows the program some of its own good answers: `examples` of a variable become a few of its predictions of this epoch, drawn by their
 * rewards. Runs that failed are no examples; a reward that is not known counts as 0.
 *
 * The idea: Khattab et al., "DSPy: compiling declarative language model calls into self-improving pipelines" (2023), bootstrapped few-shot.
 * @throws `INVALID_ARGUMENT`; when training, `INVALID_MODEL` for a model that is no program or has nothing to train.
 * @example
 * await new Trainer({ model: program, optimizer: randomFewShot({ maxExamples: 4, scoreOn: validation }) }).fit(train);
 */
export function randomFewShot(options: FewShotOptions = {}): Proposer {
  return fewShot('randomFewShot', options);
}

/** {@link randomFewShot} that always shows the best answers, unless `sampling` says otherwise. */
export function greedy(options: FewShotOptions = {}): Proposer {
  return fewShot('greedy', { sampling: 'best', ...options });
}

function fewShot(name: string, options: FewShotOptions): Proposer {
  checkOptions(name, options, RULES);
  const { minExamples = 1, maxExamples = Math.max(3, minExamples), sampling = 'softmax', samplingTemperature: temperature = 0.3 } = options;
  if (minExamples > maxExamples) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `${name} cannot show so many examples`,
      received: `minExamples ${minExamples} and maxExamples ${maxExamples}`,
      expected: 'minExamples that are at most maxExamples',
    });
  }
  return makeProposer({
    ...options,
    name,
    parents: { sampling: 'random', temperature },
    canChange: (variable) => answered(variable).length > 0,
    async change({ variable, key }: Moment): Promise<Value> {
      const pool = answered(variable);
      const count = drawInteger(choiceKey(key, 0), minExamples, maxExamples);
      const rewards = pool.map(({ reward }) => reward ?? 0);
      const examples = pool.length <= count ? pool : drawMany(choiceKey(key, 1), pool, rewards, count, { sampling, temperature });
      return { ...valueOf(variable), examples };
    },
  });
}

const answered = ({ predictions }: Trainable): readonly Prediction[] => predictions.filter(({ outputs }) => outputs !== null);
