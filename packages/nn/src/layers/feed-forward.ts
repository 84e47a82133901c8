/** The part of a transformer that looks at each step alone. */
import { checkOptions, rules } from '@gradus/core';
import { gelu, type Tensor } from '@gradus/graph';
import { weightRules, type WeightOptions } from '../layer-options.js';
import type { Layer } from '../layer.js';
import { composite } from './composite.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';

export interface FeedForwardOptions extends WeightOptions {
  /** Size of the last axis of input and output. */
  readonly features: number;
  /** Size in between. Default: 4 times `features`. */
  readonly hidden?: number;
  /** Default: `gelu`. */
  readonly activation?: (x: Tensor) => Tensor;
  /** Share of the hidden values that is dropped while training. Default: 0. */
  readonly dropout?: number;
}

/**
 * Two dense layers, `up` and `down`, with an activation between them, over the last axis.
 * @throws `INVALID_ARGUMENT` for options that are not usable; `SHAPE_MISMATCH` when applied to another size.
 */
export function feedForward(options: FeedForwardOptions): Layer {
  const { features, hidden = 4 * features, activation = (x) => gelu(x), dropout: rate = 0, ...rest } = options;
  const own = { features: rules.any, hidden: rules.any, activation: rules.method, dropout: rules.any };
  checkOptions('feedForward', options, { ...weightRules, ...own });
  const members = {
    up: dense({ ...rest, in: features, out: hidden }),
    drop: dropout(rate),
    down: dense({ ...rest, in: hidden, out: features }),
  };
  return composite(members, (call, x) => call('down', call('drop', activation(call('up', x)))));
}
