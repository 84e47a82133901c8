import { checkOptions, oneOf, rules, type Json } from '@gradus/core';
import { isObject } from '../json.js';
import type { LanguageModel } from '../language-model.js';
import { makeMask, maskRules, type MaskOptions } from '../masks.js';
import { reductionRule, type Reduction, type SimpleReward } from './reward.js';

/** Scores a judge may give, from the least to the greatest. */
const SCALES = {
  /** 0, 0.1, … 1. */
  score: steps(0, 10, 10),
  /** 0, 0.05, … 1. */
  fineScore: steps(0, 20, 20),
  /** 1 to 5. */
  rating: steps(1, 5, 1),
  /** 1 to 10. */
  rating10: steps(1, 10, 1),
  /** 1 to 20. */
  rating20: steps(1, 20, 1),
} as const;

export type JudgeScale = keyof typeof SCALES;

export interface LmAsJudgeOptions extends MaskOptions {
  readonly model: LanguageModel;
  /** Scores to choose from; the reward is always from 0 to 1. Default: `score`. */
  readonly scale?: JudgeScale;
  /** What to look at. Default: how well the answer serves the request, measured against the gold answer where there is one. */
  readonly instructions?: string;
  /** Passed on to the model. Default: 0, so that judgements repeat as far as the model allows. */
  readonly temperature?: number;
  /** What reports call it. Default: `lm_as_judge`. */
  readonly name?: string;
  /** From the rewards of a batch to one. Default: `mean`. */
  readonly reduction?: Reduction;
}

const INSTRUCTIONS =
  'You judge the answer to a request. First write a short critique: what is right, what is wrong or missing. Then choose the reward that ' +
  'follows from it; the greatest is for an answer that could not be better. Where fields named gold_… are given, they are the right answer.';

/**
 * A reward by a language model, which first writes a critique and then chooses a score; the score is normalised to 0…1. A failed program
 * gets 0 without being judged, and so does an answer that the judge has no score for, with the event `judge_failed`.
 *
 * The idea: Zheng et al., "Judging LLM-as-a-judge with MT-Bench and Chatbot Arena" (2023).
 *
 * @throws `INVALID_ARGUMENT`; when scoring, what the language model throws.
 * @example
 * lmAsJudge({ model: openAIClient({ baseUrl, model: 'small' }), scale: 'rating' });
 */
export function lmAsJudge(options: LmAsJudgeOptions): SimpleReward {
  const own = { model: rules.method, scale: oneOf(...Object.keys(SCALES)), instructions: rules.text, temperature: rules.notNegative };
  checkOptions('lmAsJudge', options, { ...own, ...maskRules, name: rules.text, reduction: reductionRule }, ['model']);
  const {
    model,
    scale = 'score',
    instructions = INSTRUCTIONS,
    temperature = 0,
    name = 'lm_as_judge',
    reduction = 'mean',
    ...masks
  } = options;
  const masked = makeMask(masks);
  const scores = SCALES[scale];
  const [least, greatest] = [scores[0], scores.at(-1)!];
  const schema = {
    type: 'object',
    properties: { critique: { type: 'string' }, reward: { type: 'number', enum: scores } },
    required: ['critique', 'reward'],
    additionalProperties: false,
  };
  return {
    name,
    reduction,
    async score(target, output, { input, emit }) {
      if (output === null) return 0;
      const facts = { input, ...gold(masked(target)), answer: masked(output) };
      const messages = [
        { role: 'system', content: instructions },
        { role: 'user', content: JSON.stringify(facts) },
      ] as const;
      const judgement = await model({ messages, schema, temperature });
      const score = isObject(judgement) ? judgement.reward : null;
      if (typeof score !== 'number' || !Number.isFinite(score)) {
        emit?.('judge_failed', { reward: name, received: JSON.stringify(judgement) });
        return 0;
      }
      return Math.min(Math.max((score - least) / (greatest - least), 0), 1);
    },
  };
}

/** The right answer, if there is one, under names that say so. */
function gold(target: Json): Record<string, Json> {
  if (target === null) return {};
  if (!isObject(target)) return { gold_answer: target };
  return Object.fromEntries(Object.entries(target).map(([name, value]) => [`gold_${name}`, value]));
}

/** `from / parts` to `to / parts` by `1 / parts`, each the double nearest to its decimal. */
function steps(from: number, to: number, parts: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) / parts);
}
