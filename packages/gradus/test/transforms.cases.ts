/** Everything that trains or changes gradients and has a name, as it stands in a configuration file. A new one without options joins by itself. */
import * as gradus from '../src/index.js';
import {
  adam, adamw, chain, clipByGlobalNorm, cosineDecaySchedule, defaultPlugins, freeze, lookahead, partition, Registry, sgd, type GradientTransform,
  type TransformPart,
} from '../src/index.js';

export const registry = new Registry(defaultPlugins);

/** Of all optimizers and transforms; what `conditionallyTransform` asks for has no form in JSON. */
export const names = [...registry.names('optimizer'), ...registry.names('transform')].filter((name) => name !== 'conditionallyTransform');

export const fromJson = (reference: TransformPart): GradientTransform =>
  registry.resolve('transform', JSON.parse(JSON.stringify(reference)) as TransformPart);

const decay = { initValue: 0.1, decaySteps: 7 };
const inner = sgd({ learningRate: 0.1 });
const named = { use: 'sgd', options: { learningRate: 0.1 } };

/** Those that need options: as in a file, and in code. All others are made without. */
export const rows: Readonly<Record<string, readonly [options: object, inCode: () => GradientTransform]>> = {
  accumulate: [{ optimizer: named, every: 3 }, () => gradus.accumulate(inner, { every: 3 })],
  adaptiveGradClip: [{ clipping: 0.1, eps: 0.01 }, () => gradus.adaptiveGradClip(0.1, { eps: 0.01 })],
  addDecayedWeights: [{ weightDecay: 0.01 }, () => gradus.addDecayedWeights({ weightDecay: 0.01 })],
  addNoise: [{ eta: { use: 'cosineDecaySchedule', options: decay } }, () => gradus.addNoise({ eta: cosineDecaySchedule(decay) })],
  applyIfFinite: [{ inner: named, maxConsecutiveErrors: 2 }, () => gradus.applyIfFinite(inner, { maxConsecutiveErrors: 2 })],
  backtrackingLinesearch: [{ optimizer: named, maxTrials: 4 }, () => gradus.backtrackingLinesearch(inner, { maxTrials: 4 })],
  chain: [{ transforms: ['scaleByAdam', named] }, () => chain(gradus.scaleByAdam(), inner)],
  clipByBlockRms: [{ threshold: 0.1 }, () => gradus.clipByBlockRms(0.1)],
  clipByGlobalNorm: [{ maxNorm: { use: 'cosineDecaySchedule', options: decay } }, () => clipByGlobalNorm(cosineDecaySchedule(decay))],
  clipByValue: [{ maxValue: 0.1 }, () => gradus.clipByValue(0.1)],
  emaParams: [{ optimizer: named, decay: 0.5 }, () => gradus.emaParams(inner, { decay: 0.5 })],
  freeze: [{ pattern: 'b*' }, () => freeze('b*')],
  lookahead: [{ optimizer: 'adam', syncPeriod: 2 }, () => lookahead(adam(), { syncPeriod: 2 })],
  masked: [{ inner: ['scaleByAdam', named], mask: 'w' }, () => gradus.masked(chain(gradus.scaleByAdam(), inner), 'w')],
  momentumTrace: [{ decay: 0.5 }, () => gradus.momentumTrace({ decay: 0.5 })],
  partition: [
    { transforms: { still: 'freeze', fast: [{ use: 'clipByGlobalNorm', options: { maxNorm: 1 } }, 'adamw'] }, labels: { b: 'still', '*': 'fast' } },
    () => partition({ still: freeze(), fast: chain(clipByGlobalNorm(1), adamw()) }, { b: 'still', '*': 'fast' }),
  ],
  sam: [{ optimizer: named, rho: 0.2 }, () => gradus.sam(inner, { rho: 0.2 })],
  scaleByLearningRate: [{ learningRate: 0.1, flipSign: false }, () => gradus.scaleByLearningRate({ learningRate: 0.1, flipSign: false })],
  scheduleFree: [{ optimizer: named, b1: 0.8 }, () => gradus.scheduleFree(inner, { b1: 0.8 })],
  sgd: [{ momentum: 0.9, learningRate: { use: 'joinSchedules', options: { schedules: [{ use: 'cosineDecaySchedule', options: decay }, { use: 'constantSchedule', options: { value: 0.02 } }], boundaries: [3] } } },
    () => sgd({ momentum: 0.9, learningRate: gradus.joinSchedules({ schedules: [cosineDecaySchedule(decay), () => 0.02], boundaries: [3] }) })],
  zoomLinesearch: [{ optimizer: named, maxTrials: 5 }, () => gradus.zoomLinesearch(inner, { maxTrials: 5 })],
};
