import { checkOptions, rules, type GradientTransform, type Optimizer, type Rule, type Schedule } from '@gradus/core';
import { multiply } from '@gradus/graph';
import { momentRules } from '../adam-options.js';
import { chain } from '../chain.js';
import { matricesAndOthers } from '../matrices-and-others.js';
import { rate } from '../options.js';
import { perParameter } from '../per-parameter.js';
import { decayedWeights, weightDecayRules } from '../weight-decay.js';
import { muonRules } from '../scaling-rules.js';
import { scaleByAdam } from '../transforms/scale-by-adam.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByMuon, type ScaleByMuonOptions } from '../transforms/scale-by-muon.js';

export interface MuonOptions extends ScaleByMuonOptions {
  /** Default: 0.001, as in PyTorch. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
  /** Decay of matrices. Default: 0; otherwise a hyperparameter: `weightDecay`. */
  readonly weightDecay?: number | Schedule;
  /** Which matrices decay, by name. Default: all. */
  readonly mask?: (name: string) => boolean;
  /**
   * Where given, matrices move by a root mean square of about this times the rate, whatever their shape: 0.2 is near Adam's. Default: the
   * result is multiplied by sqrt(max(1, columns / rows)).
   */
  readonly consistentRms?: number;
  /** Default: `learningRate`, one rate for both. A hyperparameter where given: `adamLearningRate`. */
  readonly adamLearningRate?: number | Schedule;
  /** Default: 0.9. */
  readonly adamB1?: number;
  /** Default: 0.999. */
  readonly adamB2?: number;
  /** Default: 0. */
  readonly adamEpsRoot?: number;
  /** Decay of what is no matrix. Default: 0; otherwise a hyperparameter: `adamWeightDecay`. */
  readonly adamWeightDecay?: number | Schedule;
}

const optionRules = {
  ...muonRules,
  ...weightDecayRules,
  learningRate: rate,
  consistentRms: rules.positive,
  adamLearningRate: rate,
  adamB1: momentRules.b1,
  adamB2: momentRules.b2,
  adamEpsRoot: rules.notNegative,
  adamWeightDecay: rate,
} satisfies Readonly<Record<string, Rule>>;

/**
 * Muon for matrices, and Adam with decoupled decay (Nadam where `nesterov`) for everything else, as Optax's `contrib.muon`. A matrix is a
 * parameter of two axes, [inputs, outputs]; embeddings and the last layer count as matrices too. See `scaleByMuon`.
 *
 * PyTorch's `Muon` takes matrices alone, undamped momentum and [outputs, inputs].
 * Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * muon({ learningRate: 0.02, adamLearningRate: 3e-4 });
 */
export function muon(options: MuonOptions = {}): Optimizer {
  checkOptions('muon', options, optionRules);
  const { learningRate = 1e-3, weightDecay = 0, mask, consistentRms, ...rest } = options;
  const { adamLearningRate, adamB1, adamB2, adamEpsRoot, adamWeightDecay = 0, ...scaling } = rest;
  const { eps, nesterov = true } = scaling;
  const matrices = chain(
    scaleByMuon(scaling),
    scaleByShape(consistentRms),
    ...decayedWeights(weightDecay, mask),
    scaleByLearningRate({ learningRate }),
  );
  const others = chain(
    scaleByAdam({ b1: adamB1, b2: adamB2, eps, epsRoot: adamEpsRoot, nesterov }),
    ...decayedWeights(adamWeightDecay),
    scaleByLearningRate({ learningRate: adamLearningRate ?? learningRate }),
  );
  const names = { weightDecay: 'adamWeightDecay', ...(adamLearningRate !== undefined && { learningRate: 'adamLearningRate' }) };
  return { ...matricesAndOthers(matrices, others, names), name: 'muon' };
}

/** Makes a step's effect independent of a layer's shape. */
const scaleByShape = (consistentRms: number | undefined): GradientTransform => ({
  name: 'scaleByShape',
  init: () => ({}),
  update: (gradients, state) => [
    perParameter(gradients, (g) => {
      const [rows, columns] = g.shape;
      const factor =
        consistentRms === undefined ? Math.sqrt(Math.max(1, columns / rows)) : Math.sqrt(Math.max(rows, columns)) * consistentRms;
      return factor === 1 ? g : multiply(g, factor);
    }),
    state,
  ],
});
