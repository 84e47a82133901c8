/** The fully connected layer. */
import { add, matmul, split, type NDArray } from '@gradus/graph';
import { glorotUniform, zeros, type Initializer } from '../initializers.js';
import { requireFeatures, requireSize, type Layer } from '../layer.js';

export interface DenseOptions {
  /** Size of the input's last axis. */
  readonly in: number;
  /** Size of the output's last axis. */
  readonly out: number;
  /** Default: `true`. */
  readonly bias?: boolean;
  /** Default: `glorotUniform`, as in Keras; `heNormal` or `heUniform` suit relu. */
  readonly kernelInitializer?: Initializer;
  /** Default: `zeros`. */
  readonly biasInitializer?: Initializer;
  /** Default: `float32`. */
  readonly dtype?: 'float32' | 'float64';
}

/**
 * `x · weight + bias` over the last axis. Parameters: `weight` [in, out], `bias` [out].
 * @throws `INVALID_ARGUMENT` for sizes that are no positive integers; `SHAPE_MISMATCH` when applied to another size.
 * @example
 * const layer = dense({ in: 784, out: 10 });
 */
export function dense(options: DenseOptions): Layer {
  const { bias = true, kernelInitializer = glorotUniform, biasInitializer = zeros, dtype = 'float32' } = options;
  requireSize('dense', 'in', options.in);
  requireSize('dense', 'out', options.out);
  const name = `dense({ in: ${options.in}, out: ${options.out} })`;
  return {
    init(key) {
      const [first, second] = split(key) as NDArray[];
      const weight = { weight: kernelInitializer(first, [options.in, options.out], dtype) };
      return bias ? { ...weight, bias: biasInitializer(second, [options.out], dtype) } : weight;
    },
    apply(params, x) {
      requireFeatures(name, x, options.in);
      const product = matmul(x, params.weight);
      return bias ? add(product, params.bias) : product;
    },
  };
}
