/** What the layers of convolution share: options, checks, and parameters. */
import { checkOptions, rules, type Params } from '@gradus/core';
import { GradusError, split, type NDArray, type PerAxis } from '@gradus/graph';
import type { Fans } from './initializer.js';
import { glorotUniform } from './initializers/glorot-uniform.js';
import { zeros } from './initializers/zeros.js';
import { weightRules, type WeightOptions } from './layer-options.js';
import { requireSize } from './layer.js';

/** `'valid'`: none; `'same'`: as much as keeps sizes at a stride of 1; numbers: how much on both sides, or `[before, after]`. */
export type Padding = 'valid' | 'same' | number | readonly (number | readonly [before: number, after: number])[];

export interface ConvolutionOptions extends WeightOptions {
  /** Channels of the input. */
  readonly in: number;
  /** Channels of the output. */
  readonly out: number;
  /** Size of the kernel along every spatial axis, or along each. */
  readonly kernel: PerAxis;
  /** Default: 1. */
  readonly strides?: PerAxis;
  /** From one element of the kernel to the next. Default: 1. */
  readonly dilations?: PerAxis;
  /** Default: `'valid'`. */
  readonly padding?: Padding;
  /** Channels fall into this many groups that do not see each other; as many as `in`: depthwise. Default: 1. */
  readonly groups?: number;
}

export const convolutionRules = {
  ...weightRules,
  in: rules.any,
  out: rules.any,
  kernel: rules.any,
  strides: rules.any,
  dilations: rules.any,
  padding: rules.any,
  groups: rules.any,
};

export interface Kernel {
  /** The layer in messages. */
  readonly name: string;
  readonly sizes: readonly number[];
  readonly groups: number;
}

/** Checks the options that are not of the operator. @throws `INVALID_ARGUMENT`. */
export function checkKernel(layer: string, rank: number, options: ConvolutionOptions, known: typeof convolutionRules): Kernel {
  checkOptions(layer, options, known);
  const { groups = 1 } = options;
  requireSize(layer, 'in', options.in);
  requireSize(layer, 'out', options.out);
  requireSize(layer, 'groups', groups);
  const sizes = typeof options.kernel === 'number' ? new Array<number>(rank).fill(options.kernel) : [...(options.kernel ?? [])];
  if (sizes.length !== rank || !sizes.every((n) => Number.isInteger(n) && n >= 1)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `Option 'kernel' of ${layer} is not usable`,
      received: JSON.stringify(options.kernel),
      expected: `a whole number of 1 or more, or ${rank} of them`,
    });
  }
  if (options.in % groups !== 0 || options.out % groups !== 0) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `The channels of ${layer} do not fall into groups`,
      received: `${options.in} channels in, ${options.out} out, ${groups} groups`,
      expected: 'a number of groups that divides both',
    });
  }
  return { name: `${layer}({ in: ${options.in}, out: ${options.out} })`, sizes, groups };
}

/** `weight` of a shape, and `bias` [out]. */
export function initKernel(key: NDArray, options: ConvolutionOptions, shape: readonly number[], fans: Fans): Params {
  const { bias = true, kernelInitializer = glorotUniform, biasInitializer = zeros, dtype = 'float32' } = options;
  const [first, second] = split(key) as NDArray[];
  const weight = kernelInitializer(first, shape, dtype, fans);
  return bias ? { weight, bias: biasInitializer(second, [options.out], dtype, fans) } : { weight };
}

/** The layer's padding as the operators' options have it. */
export const paddingOf = (
  padding: Padding = 'valid',
): { readonly padding: 'valid' | 'same' } | { readonly pads: Exclude<Padding, string> } =>
  typeof padding === 'string' ? { padding } : { pads: padding };

/** `[channels, …space]` in messages. */
export const imageShape = (channels: number | string, rank: number): (number | string)[] => [
  channels,
  ...['depth', 'height', 'width'].slice(3 - rank),
];
