/** What the layers of convolution share: options, checks, and parameters. */
import { checkOptions, rules, type Params, type Rule } from '@gradus/core';
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

const isCount = (least: number) => (n: unknown) => Number.isInteger(n) && (n as number) >= least;

/** Options of whatever slides over spatial axes; their number is known when applied. */
export const windowRules = {
  strides: { expected: 'a whole number of 1 or more, or one for each spatial axis', accepts: (v) => [v].flat().every(isCount(1)) },
  dilations: { expected: 'a whole number of 1 or more, or one for each spatial axis', accepts: (v) => [v].flat().every(isCount(1)) },
  padding: {
    expected: "'valid', 'same', or whole numbers of 0 or more",
    accepts: (v) => v === 'valid' || v === 'same' || [v].flat(2).every(isCount(0)),
  },
} satisfies Record<string, Rule>;

export const convolutionRules = { ...weightRules, ...windowRules, in: rules.any, out: rules.any, kernel: rules.any, groups: rules.any };

export interface Kernel {
  /** The layer in messages. */
  readonly name: string;
  readonly sizes: readonly number[];
  readonly groups: number;
}

/** Checks the options that are not of the operator. @throws `INVALID_ARGUMENT`. */
export function checkKernel(layer: string, rank: number, options: ConvolutionOptions, known: Readonly<Record<string, Rule>>): Kernel {
  checkOptions(layer, options, known);
  const { groups = 1 } = options;
  requireSize(layer, 'in', options.in);
  requireSize(layer, 'out', options.out);
  requireSize(layer, 'groups', groups);
  const sizes = windowSizes(layer, 'kernel', options.kernel, rank);
  if (options.in % groups !== 0 || options.out % groups !== 0) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `The channels of ${layer} do not fall into groups`,
      received: `${options.in} channels in, ${options.out} out, ${groups} groups`,
      expected: 'a number of groups that divides both',
    });
  }
  return { name: `${layer}({ in: ${options.in}, out: ${options.out} })`, sizes, groups };
}

/** An option as one size for each spatial axis. @throws `INVALID_ARGUMENT`. */
export function windowSizes(layer: string, option: string, value: PerAxis, rank: number): readonly number[] {
  const sizes = typeof value === 'object' ? value : new Array<number>(rank).fill(value);
  if (sizes.length === rank && sizes.every(isCount(1))) return sizes;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `Option '${option}' of ${layer} is not usable`,
    received: JSON.stringify(value) ?? 'nothing',
    expected: `a whole number of 1 or more, or ${rank} of them`,
  });
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
  ...(rank === 1 ? ['time'] : ['depth', 'height', 'width'].slice(3 - rank)),
];
