import { exp } from '@gradus/graph';
import { labelUnlikelihood, type LabelOptions } from '../label-unlikelihood.js';
import type { Metric } from '../metric.js';

/**
 * e to the cross-entropy of the labels: among how many equally probable classes the model is in doubt. Logits float [batch, …, classes],
 * labels int32 or int64 [batch, …].
 * @throws `INVALID_ARGUMENT`.
 * @example perplexityWith({ ignoreIndex: -1 }); // for padded texts
 */
export const perplexityWith = (options: LabelOptions = {}): Metric => labelUnlikelihood('perplexity', options, exp);

/** {@link perplexityWith} without options. */
export const perplexity: Metric = perplexityWith();
