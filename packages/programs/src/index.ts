/** Programs with JSON variables, scored by rewards and optimized without gradients. */
export { openAIClient, type OpenAIClient, type OpenAIClientOptions, type Usage } from './client/open-ai-client.js';
export { canonicalJson, type JsonObject } from './json.js';
export { jsonData, SAMPLES, samplesOf, splitSamples, type JsonSource, type Sample, type SampleBatch } from './json-data.js';
export type { LanguageModel, LanguageModelRequest, Message } from './language-model.js';
export type { MaskOptions } from './masks.js';
export {
  binaryAccuracy,
  binaryF1,
  binaryFBeta,
  binaryPrecision,
  binaryRecall,
  type BinaryFBetaOptions,
  type BinaryMetricOptions,
} from './metrics/binary-metrics.js';
export {
  categoricalAccuracy,
  categoricalF1,
  categoricalFBeta,
  categoricalPrecision,
  categoricalRecall,
  type CategoricalFBetaOptions,
  type CategoricalMetricOptions,
} from './metrics/categorical-metrics.js';
export type { CountMetricOptions } from './metrics/counts.js';
export type { ProgramMetric, Sums } from './metrics/metric.js';
export { gapK, passAtK, passHatK, type PassOptions } from './metrics/pass-at-k.js';
export { accuracy, f1, fBeta, precision, recall, type FBetaOptions } from './metrics/token-metrics.js';
export { programsPlugin } from './plugin.js';
export { defineProgram, type Program, type ProgramDefinition, type ProgramDetails, type Values } from './program.js';
export { loadProgram, saveProgram, type SaveProgramOptions } from './program-file.js';
export { dns, type DnsOptions } from './proposers/dns.js';
export type { Sampling } from './proposers/draw.js';
export { evolutionary, type EvolutionaryOptions, type VariationContext } from './proposers/evolutionary.js';
export { ownDistance } from './proposers/own-distance.js';
export { greedy, randomFewShot, type FewShotOptions } from './proposers/random-few-shot.js';
export type { SearchOptions } from './proposers/search.js';
export type { Survival } from './proposers/survival.js';
export { cosineSimilarity, type CosineSimilarityOptions, type Embed } from './rewards/cosine-similarity.js';
export { exactMatch, type ExactMatchOptions } from './rewards/exact-match.js';
export { lmAsJudge, type JudgeScale, type LmAsJudgeOptions } from './rewards/lm-as-judge.js';
export { programAsJudge, type Judge, type Judged, type ProgramAsJudgeOptions } from './rewards/program-as-judge.js';
export type { CompositeReward, Reduction, Reward, RewardContext, SimpleReward } from './rewards/reward.js';
export { rewardFunction, type RewardFunction, type RewardFunctionOptions } from './rewards/reward-function.js';
export { weightedRewards } from './rewards/weighted-rewards.js';
export type { ScoredSample } from './run-batch.js';
export type { RunContext } from './run-context.js';
export type { Bookkeeping, Candidate, Prediction, Trainable, Value } from './trainable.js';
export type { JsonSchema, VariableDeclaration } from './variables.js';
