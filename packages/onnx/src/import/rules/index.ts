// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import type { Rules } from '../rule.js';
import { rules as activationsRules } from './activations.js';
import { rules as arithmeticRules } from './arithmetic.js';
import { rules as clipRules } from './clip.js';
import { rules as constantRules } from './constant.js';
import { rules as convolutionRules } from './convolution.js';
import { rules as cumulativeRules } from './cumulative.js';
import { rules as dropoutRules } from './dropout.js';
import { rules as elementwiseRules } from './elementwise.js';
import { rules as gatherRules } from './gather.js';
import { rules as gridSampleRules } from './grid-sample.js';
import { rules as ifRules } from './if.js';
import { rules as loopRules } from './loop.js';
import { rules as lossesRules } from './losses.js';
import { rules as matMulRules } from './mat-mul.js';
import { rules as matrixRules } from './matrix.js';
import { rules as normalizationRules } from './normalization.js';
import { rules as notImportableRules } from './not-importable.js';
import { rules as poolingRules } from './pooling.js';
import { rules as rearrangeRules } from './rearrange.js';
import { rules as recurrentRules } from './recurrent.js';
import { rules as reduceRules } from './reduce.js';
import { rules as resizeRules } from './resize.js';
import { rules as roiAlignRules } from './roi-align.js';
import { rules as scanRules } from './scan.js';
import { rules as sequenceRules } from './sequence.js';
import { rules as shapeRules } from './shape.js';
import { rules as signalRules } from './signal.js';
import { rules as sliceRules } from './slice.js';
import { rules as softmaxRules } from './softmax.js';
import { rules as tfIdfRules } from './tf-idf.js';
import { rules as trainingRules } from './training.js';

/** The tables of every file of this folder. */
export const tables: readonly Rules[] = [
  activationsRules,
  arithmeticRules,
  clipRules,
  constantRules,
  convolutionRules,
  cumulativeRules,
  dropoutRules,
  elementwiseRules,
  gatherRules,
  gridSampleRules,
  ifRules,
  loopRules,
  lossesRules,
  matMulRules,
  matrixRules,
  normalizationRules,
  notImportableRules,
  poolingRules,
  rearrangeRules,
  recurrentRules,
  reduceRules,
  resizeRules,
  roiAlignRules,
  scanRules,
  sequenceRules,
  shapeRules,
  signalRules,
  sliceRules,
  softmaxRules,
  tfIdfRules,
  trainingRules,
];
