/** How a model is applied where training and inference differ. */
import type { Tensor } from '@gradus/graph';

export interface Mode {
  readonly training: boolean;
  /** Whether a running statistic, an initializer of this name, follows the batches while training. */
  follows(statistic: string): boolean;
  /** Takes the next value of such a statistic. */
  follow(statistic: string, value: Tensor): void;
  /** A random key for each call: `uint32[2]`. */
  draw(): Tensor;
}
