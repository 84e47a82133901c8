import { checkOptions, rules, type Json } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { isObject } from '../json.js';
import { makeMask, maskRules, type MaskOptions } from '../masks.js';
import { reductionRule, type Reduction, type SimpleReward } from './reward.js';

/** What a judge is asked about. */
export interface Judged {
  readonly input: Json;
  readonly target: Json;
  readonly output: Json;
}

/** Anything that runs on `Judged` and answers with a field `reward`: a program. */
export interface Judge {
  readonly name: string;
  run(input: never): Promise<Json>;
}

export interface ProgramAsJudgeOptions extends MaskOptions {
  /** From the rewards of a batch to one. Default: `mean`. */
  readonly reduction?: Reduction;
}

/**
 * A reward by another program, which gets `{ input, target, output }` and answers `{ reward }`. A failed program gets 0 without being
 * judged; where the judge fails, the reward is 0 too, with the event `judge_failed`.
 *
 * @throws `INVALID_ARGUMENT`; when scoring, `INVALID_REPORT` for an answer without a number as its `reward`.
 * @example
 * programAsJudge(defineProgram({ name: 'judge', run: ({ output }: Judged) => ({ reward: output === 'yes' ? 1 : 0 }) }));
 */
export function programAsJudge(judge: Judge, options: ProgramAsJudgeOptions = {}): SimpleReward {
  checkOptions('programAsJudge', { judge, ...options }, { judge: rules.object, ...maskRules, reduction: reductionRule }, ['judge']);
  const { reduction = 'mean', ...masks } = options;
  const masked = makeMask(masks);
  return {
    name: judge.name,
    reduction,
    async score(target, output, { input, emit }) {
      if (output === null) return 0;
      const judged: Judged = { input, target: masked(target), output: masked(output) };
      const answer = await judge.run(judged as never);
      if (answer === null) {
        emit?.('judge_failed', { reward: judge.name, received: 'null' });
        return 0;
      }
      if (isObject(answer) && typeof answer.reward === 'number') return answer.reward;
      throw new GradusError('INVALID_REPORT', {
        what: `The judge '${judge.name}' gave no reward`,
        received: JSON.stringify(answer),
        expected: 'an object with reward, a number',
      });
    },
  };
}
