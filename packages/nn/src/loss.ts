/** What a loss is. */
import type { Tensor } from '@gradus/graph';

/**
 * A loss of a model's outputs against targets: a float scalar, the mean over the samples.
 *
 * @param weights Float [batch], how much each sample counts: the loss is then the weighted mean, sum(w l) / sum(w), and 0 without a
 * gradient where all weights are 0.
 */
export type Loss = (outputs: Tensor, targets: Tensor, weights?: Tensor) => Tensor;
