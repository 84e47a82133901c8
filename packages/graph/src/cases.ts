// Generated from ops/ by scripts/generate-index.mjs. Do not edit.
import type { OperatorCase } from './operator-case.js';
import { cases as absCases } from './ops/abs.cases.js';
import { cases as acosCases } from './ops/acos.cases.js';
import { cases as acoshCases } from './ops/acosh.cases.js';
import { cases as addCases } from './ops/add.cases.js';
import { cases as andCases } from './ops/and.cases.js';
import { cases as argMaxCases } from './ops/arg-max.cases.js';
import { cases as argMinCases } from './ops/arg-min.cases.js';
import { cases as asinCases } from './ops/asin.cases.js';
import { cases as asinhCases } from './ops/asinh.cases.js';
import { cases as atanCases } from './ops/atan.cases.js';
import { cases as atanhCases } from './ops/atanh.cases.js';
import { cases as averagePoolCases } from './ops/average-pool.cases.js';
import { cases as bitShiftCases } from './ops/bit-shift.cases.js';
import { cases as bitwiseAndCases } from './ops/bitwise-and.cases.js';
import { cases as bitwiseNotCases } from './ops/bitwise-not.cases.js';
import { cases as bitwiseOrCases } from './ops/bitwise-or.cases.js';
import { cases as bitwiseXorCases } from './ops/bitwise-xor.cases.js';
import { cases as castCases } from './ops/cast.cases.js';
import { cases as ceilCases } from './ops/ceil.cases.js';
import { cases as clipCases } from './ops/clip.cases.js';
import { cases as concatCases } from './ops/concat.cases.js';
import { cases as convTransposeCases } from './ops/conv-transpose.cases.js';
import { cases as convCases } from './ops/conv.cases.js';
import { cases as cosCases } from './ops/cos.cases.js';
import { cases as coshCases } from './ops/cosh.cases.js';
import { cases as cumSumCases } from './ops/cum-sum.cases.js';
import { cases as customGradientCases } from './ops/custom-gradient.cases.js';
import { cases as divCases } from './ops/div.cases.js';
import { cases as eluCases } from './ops/elu.cases.js';
import { cases as equalCases } from './ops/equal.cases.js';
import { cases as erfCases } from './ops/erf.cases.js';
import { cases as expCases } from './ops/exp.cases.js';
import { cases as expandCases } from './ops/expand.cases.js';
import { cases as floorCases } from './ops/floor.cases.js';
import { cases as gatherElementsCases } from './ops/gather-elements.cases.js';
import { cases as gatherNdCases } from './ops/gather-nd.cases.js';
import { cases as gatherCases } from './ops/gather.cases.js';
import { cases as greaterOrEqualCases } from './ops/greater-or-equal.cases.js';
import { cases as greaterCases } from './ops/greater.cases.js';
import { cases as identityCases } from './ops/identity.cases.js';
import { cases as ifCases } from './ops/if.cases.js';
import { cases as isInfCases } from './ops/is-inf.cases.js';
import { cases as isNanCases } from './ops/is-nan.cases.js';
import { cases as layerNormalizationCases } from './ops/layer-normalization.cases.js';
import { cases as lessOrEqualCases } from './ops/less-or-equal.cases.js';
import { cases as lessCases } from './ops/less.cases.js';
import { cases as logSoftmaxCases } from './ops/log-softmax.cases.js';
import { cases as logCases } from './ops/log.cases.js';
import { cases as loopCases } from './ops/loop.cases.js';
import { cases as matMulCases } from './ops/mat-mul.cases.js';
import { cases as maxPoolCases } from './ops/max-pool.cases.js';
import { cases as maxCases } from './ops/max.cases.js';
import { cases as minCases } from './ops/min.cases.js';
import { cases as modCases } from './ops/mod.cases.js';
import { cases as mulCases } from './ops/mul.cases.js';
import { cases as negCases } from './ops/neg.cases.js';
import { cases as notCases } from './ops/not.cases.js';
import { cases as orCases } from './ops/or.cases.js';
import { cases as pReluCases } from './ops/p-relu.cases.js';
import { cases as padCases } from './ops/pad.cases.js';
import { cases as powCases } from './ops/pow.cases.js';
import { cases as reciprocalCases } from './ops/reciprocal.cases.js';
import { cases as reduceL1Cases } from './ops/reduce-l1.cases.js';
import { cases as reduceL2Cases } from './ops/reduce-l2.cases.js';
import { cases as reduceMaxCases } from './ops/reduce-max.cases.js';
import { cases as reduceMeanCases } from './ops/reduce-mean.cases.js';
import { cases as reduceMinCases } from './ops/reduce-min.cases.js';
import { cases as reduceProdCases } from './ops/reduce-prod.cases.js';
import { cases as reduceSumCases } from './ops/reduce-sum.cases.js';
import { cases as reluCases } from './ops/relu.cases.js';
import { cases as reshapeCases } from './ops/reshape.cases.js';
import { cases as roundCases } from './ops/round.cases.js';
import { cases as scanCases } from './ops/scan.cases.js';
import { cases as scatterElementsCases } from './ops/scatter-elements.cases.js';
import { cases as scatterNdCases } from './ops/scatter-nd.cases.js';
import { cases as sigmoidCases } from './ops/sigmoid.cases.js';
import { cases as signCases } from './ops/sign.cases.js';
import { cases as sinCases } from './ops/sin.cases.js';
import { cases as sinhCases } from './ops/sinh.cases.js';
import { cases as sliceCases } from './ops/slice.cases.js';
import { cases as softmaxCases } from './ops/softmax.cases.js';
import { cases as softplusCases } from './ops/softplus.cases.js';
import { cases as softsignCases } from './ops/softsign.cases.js';
import { cases as splitCases } from './ops/split.cases.js';
import { cases as sqrtCases } from './ops/sqrt.cases.js';
import { cases as stopGradientCases } from './ops/stop-gradient.cases.js';
import { cases as subCases } from './ops/sub.cases.js';
import { cases as tanCases } from './ops/tan.cases.js';
import { cases as tanhCases } from './ops/tanh.cases.js';
import { cases as topKCases } from './ops/top-k.cases.js';
import { cases as transposeCases } from './ops/transpose.cases.js';
import { cases as whereCases } from './ops/where.cases.js';
import { cases as xorCases } from './ops/xor.cases.js';

export type { OperatorCase } from './operator-case.js';

/** Examples of every operator, by file: what an engine must reproduce. */
export const operatorCases: Readonly<Record<string, readonly OperatorCase[]>> = {
  'abs': absCases,
  'acos': acosCases,
  'acosh': acoshCases,
  'add': addCases,
  'and': andCases,
  'arg-max': argMaxCases,
  'arg-min': argMinCases,
  'asin': asinCases,
  'asinh': asinhCases,
  'atan': atanCases,
  'atanh': atanhCases,
  'average-pool': averagePoolCases,
  'bit-shift': bitShiftCases,
  'bitwise-and': bitwiseAndCases,
  'bitwise-not': bitwiseNotCases,
  'bitwise-or': bitwiseOrCases,
  'bitwise-xor': bitwiseXorCases,
  'cast': castCases,
  'ceil': ceilCases,
  'clip': clipCases,
  'concat': concatCases,
  'conv-transpose': convTransposeCases,
  'conv': convCases,
  'cos': cosCases,
  'cosh': coshCases,
  'cum-sum': cumSumCases,
  'custom-gradient': customGradientCases,
  'div': divCases,
  'elu': eluCases,
  'equal': equalCases,
  'erf': erfCases,
  'exp': expCases,
  'expand': expandCases,
  'floor': floorCases,
  'gather-elements': gatherElementsCases,
  'gather-nd': gatherNdCases,
  'gather': gatherCases,
  'greater-or-equal': greaterOrEqualCases,
  'greater': greaterCases,
  'identity': identityCases,
  'if': ifCases,
  'is-inf': isInfCases,
  'is-nan': isNanCases,
  'layer-normalization': layerNormalizationCases,
  'less-or-equal': lessOrEqualCases,
  'less': lessCases,
  'log-softmax': logSoftmaxCases,
  'log': logCases,
  'loop': loopCases,
  'mat-mul': matMulCases,
  'max-pool': maxPoolCases,
  'max': maxCases,
  'min': minCases,
  'mod': modCases,
  'mul': mulCases,
  'neg': negCases,
  'not': notCases,
  'or': orCases,
  'p-relu': pReluCases,
  'pad': padCases,
  'pow': powCases,
  'reciprocal': reciprocalCases,
  'reduce-l1': reduceL1Cases,
  'reduce-l2': reduceL2Cases,
  'reduce-max': reduceMaxCases,
  'reduce-mean': reduceMeanCases,
  'reduce-min': reduceMinCases,
  'reduce-prod': reduceProdCases,
  'reduce-sum': reduceSumCases,
  'relu': reluCases,
  'reshape': reshapeCases,
  'round': roundCases,
  'scan': scanCases,
  'scatter-elements': scatterElementsCases,
  'scatter-nd': scatterNdCases,
  'sigmoid': sigmoidCases,
  'sign': signCases,
  'sin': sinCases,
  'sinh': sinhCases,
  'slice': sliceCases,
  'softmax': softmaxCases,
  'softplus': softplusCases,
  'softsign': softsignCases,
  'split': splitCases,
  'sqrt': sqrtCases,
  'stop-gradient': stopGradientCases,
  'sub': subCases,
  'tan': tanCases,
  'tanh': tanhCases,
  'top-k': topKCases,
  'transpose': transposeCases,
  'where': whereCases,
  'xor': xorCases,
};
