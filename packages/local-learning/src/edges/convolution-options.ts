/** Options and checks that edges between images share. */
import { checkOptions, rules, type Rule } from '@gradus/core';
import { conv, pad, type PadMode, type Shape, type Tensor } from '@gradus/graph';
import type { LocalRule } from '../rule.js';
import { learningRules, requireRuleFits, requireWeight, weightRule, type LearningOptions, type WeightOptions } from './options.js';

export interface ConvolutionOptions extends WeightOptions, LearningOptions {
  /** Channels of the sender. */
  readonly in: number;
  /** Channels of the receiver. */
  readonly out: number;
  /** Places of a window along both axes. */
  readonly kernel: number;
  /** From one window to the next. Default: 1. */
  readonly stride?: number;
  /**
   * What stands around the image, kernel - 1 places in all along each axis, where the kernel is even one more after than before: messages
   * then have ⌈size / stride⌉ places. `null` adds nothing. Default: `constant`, zeros.
   */
  readonly padding?: PadMode | null;
}

export const paddingRule: Rule = {
  expected: "'constant', 'reflect', 'edge', 'wrap' or null",
  accepts: (v) => v === null || ['constant', 'reflect', 'edge', 'wrap'].includes(v as string),
};

const known = {
  in: rules.positiveCount,
  out: rules.positiveCount,
  kernel: rules.positiveCount,
  stride: rules.positiveCount,
  padding: paddingRule,
  strength: rules.finite,
  ...weightRule,
  ...learningRules,
};

/** Throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`. */
export function checkConvolution(kind: string, options: ConvolutionOptions, weight: Shape, rule: LocalRule): void {
  checkOptions(kind, options, known, ['in', 'out', 'kernel']);
  requireWeight(kind, options.weight, weight);
  requireRuleFits(kind, rule, options.out);
}

/** Places before and after each axis so that a window of `kernel` fits `size` times. */
const around = (kernel: number): readonly [number, number] => [Math.floor((kernel - 1) / 2), Math.ceil((kernel - 1) / 2)];

/** x `[batch, channels, height, width]` by weights `[out, in / groups, kernel, kernel]`. */
export function convolve(
  x: Tensor,
  weight: Tensor,
  {
    stride = 1,
    padding = 'constant',
    groups = 1,
  }: { readonly stride?: number; readonly padding?: PadMode | null; readonly groups?: number },
): Tensor {
  if (padding === null) return conv(x, weight, { strides: stride, groups });
  const space = weight.shape.slice(2).map(around);
  if (padding === 'constant') return conv(x, weight, { strides: stride, groups, pads: space });
  return conv(pad(x, { mode: padding, pads: [[0, 0], [0, 0], ...space] }), weight, { strides: stride, groups });
}

/** Places of a message along an axis of `size`. */
export const placesOf = (
  size: number,
  { kernel, stride = 1, padding = 'constant' }: Pick<ConvolutionOptions, 'kernel' | 'stride' | 'padding'>,
): number => Math.floor((size - (padding === null ? kernel : 1)) / stride) + 1;
