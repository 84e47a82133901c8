/** The fully connected layer. */
import { checkOptions, rules } from '@gradus/core';
import { split, type NDArray } from '@gradus/graph';
import { glorotUniform } from '../initializers/glorot-uniform.js';
import { zeros } from '../initializers/zeros.js';
import { weightRules, type WeightOptions } from '../layer-options.js';
import { requireFeatures, requireSize, type Layer } from '../layer.js';
import { linear } from '../linear.js';

export interface DenseOptions extends WeightOptions {
  /** Size of the input's last axis. */
  readonly in: number;
  /** Size of the output's last axis. */
  readonly out: number;
}

/**
 * `x · weight + bias` over the last axis. Parameters: `weight` [in, out], `bias` [out].
 * @throws `INVALID_ARGUMENT` for sizes that are no positive integers; `SHAPE_MISMATCH` when applied to another size.
 * @example
 * const layer = dense({ in: 784, out: 10 });
 */
export function dense(options: DenseOptions): Layer {
  const { bias = true, kernelInitializer = glorotUniform, biasInitializer = zeros, dtype = 'float32' } = options;
  checkOptions('dense', options, { ...weightRules, in: rules.any, out: rules.any });
  requireSize('dense', 'in', options.in);
  requireSize('dense', 'out', options.out);
  const name = `dense({ in: ${options.in}, out: ${options.out} })`;
  const fans = { fanIn: options.in, fanOut: options.out };
  return {
    init(key) {
      const [first, second] = split(key) as NDArray[];
      const weight = { weight: kernelInitializer(first, [options.in, options.out], dtype, fans) };
      return bias ? { ...weight, bias: biasInitializer(second, [options.out], dtype, fans) } : weight;
    },
    apply(params, x) {
      requireFeatures(name, x, options.in);
      return linear(x, params.weight, bias ? params.bias : undefined);
    },
  };
}
