import { checkOptions, rules } from '@gradus/core';
import { add, clip, log, multiply, negative, softplus, subtract, type Tensor } from '@gradus/graph';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';
import { asProbabilities } from '../targets.js';

/** Probabilities are kept this far from 0 and 1. As in Keras. */
const MARGIN = 1e-7;

export interface LogLossOptions {
  /** Whether outputs are logits or probabilities. Default: `true`. */
  readonly fromLogits?: boolean;
  /** What reports call the metric. */
  readonly name?: string;
}

/**
 * Mean binary cross-entropy of all elements, in nats. Outputs: float [batch, …]. Targets: 0 to 1 in the outputs' type, or bool; of the same
 * shape.
 * @throws `INVALID_ARGUMENT`.
 */
export function logLossWith(options: LogLossOptions = {}): Metric {
  checkOptions('logLossWith', options, { fromLogits: rules.flag, name: rules.text });
  const { fromLogits = true, name = 'logLoss' } = options;
  return meanMetric(name, 'min', (outputs, targets) => {
    const t = asProbabilities('logLoss', outputs, targets);
    const [yes, no] = fromLogits ? [softplus(negative(outputs)), softplus(outputs)] : unlikelihoods(clip(outputs, MARGIN, 1 - MARGIN));
    return add(multiply(t, yes), multiply(subtract(1, t), no));
  });
}

/** {@link logLossWith} for logits. */
export const logLoss: Metric = logLossWith();

const unlikelihoods = (p: Tensor): readonly [Tensor, Tensor] => [negative(log(p)), negative(log(subtract(1, p)))];
