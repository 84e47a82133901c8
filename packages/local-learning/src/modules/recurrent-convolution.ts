import { checkOptions, rules } from '@gradus/core';
import { add, asarray, GradusError, multiply, sizeOf, subtract, type NDArray, type PadMode } from '@gradus/graph';
import { convolve, paddingRule } from '../edges/convolution-options.js';
import {
  learningRules,
  requireRuleFits,
  requireWeight,
  ruleOf,
  weightRule,
  type LearningOptions,
  type WeightOptions,
} from '../edges/options.js';
import { perType } from '../per-type.js';
import { sharedUpdate } from '../edges/shared-update.js';
import { initialWeight, ratesOf } from '../edges/weights.js';
import type { Float, Layer } from '../module.js';
import { perUnitRule, requireUnits, type PerUnit } from '../per-unit.js';
import { remembered } from '../remembered.js';
import { sgn } from '../sgn.js';

export interface RecurrentConvolutionOptions extends WeightOptions, LearningOptions {
  readonly channels: number;
  /** Height and width of the layer. */
  readonly size: readonly [height: number, width: number];
  /** Places of a window along both axes: an odd number, so that it has a centre. */
  readonly kernel: number;
  /** Channels fall into this many groups that do not reach each other. Default: 1. */
  readonly groups?: number;
  /** How strongly a unit keeps its own state: one number, or one for each channel. Default: 0.5. */
  readonly selfCoupling?: PerUnit;
  /** What stands around the image. Default: `constant`, zeros. */
  readonly padding?: PadMode;
}

/**
 * An image of binary units, state sgn(field), that reach those around them by weights which are the same at every place. Parameter: `weight`
 * [channels, channels / groups, kernel, kernel]; its centre, where a unit reaches itself, has no effect and does not learn.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 */
export function recurrentConvolution(options: RecurrentConvolutionOptions): Layer {
  const kind = 'recurrentConvolution';
  const { channels, size, kernel, groups = 1, selfCoupling = 0.5, padding = 'constant', strength = 1 } = options;
  checkRecurrentConvolution(kind, options);
  const rule = ruleOf(kind, options);
  const shape = [channels, channels / groups, kernel, kernel];
  requireWeight(kind, options.weight, shape);
  requireRuleFits(kind, rule, channels);
  requireUnits(kind, 'selfCoupling', selfCoupling, channels);
  const centre = perType((dtype) => centreOf(shape, dtype));
  const others = perType((dtype) => subtract(1, centre(dtype)) as NDArray);
  const own = perType(
    (dtype) =>
      multiply(centre(dtype), asarray([selfCoupling].flat(), { dtype, shape: [[selfCoupling].flat().length, 1, 1, 1] })) as NDArray,
  );
  const couplings = remembered((weight) => add(multiply(weight, others(weight.dtype as Float)), own(weight.dtype as Float)));
  const senders = sizeOf(shape.slice(1));
  return {
    name: `${kind}({ channels: ${channels}, size: [${size.join(', ')}], kernel: ${kernel} })`,
    shape: [channels, ...size],
    takes: [channels, ...size],
    gives: (sender) => (sender.join() === [channels, ...size].join() ? [channels, ...size] : null),
    activation: sgn,
    rule,
    linear: true,
    init: (key, { dtype }) => ({
      weight: multiply(initialWeight(options.weight, key, shape, strength / Math.sqrt(senders), dtype), others(dtype)) as NDArray,
    }),
    message: ({ weight }, x) => convolve(x, couplings(weight), { groups, padding }),
    update: ({ weight }, experience, setting) => ({
      weight: multiply(
        sharedUpdate(rule, experience, setting, weight, (w, x) => convolve(x, w, { groups, padding })),
        others(setting.dtype),
      ),
    }),
    withRates: ratesOf(options, senders),
  };
}

/** 1 where a channel reaches itself at its own place. */
function centreOf([channels, width, kernel]: readonly number[], dtype: Float): NDArray {
  const data = new Float64Array(channels * width * kernel * kernel);
  const middle = (kernel * kernel - 1) / 2;
  for (let c = 0; c < channels; c++) data[(c * width + (c % width)) * kernel * kernel + middle] = 1;
  return asarray(data, { dtype, shape: [channels, width, kernel, kernel] });
}

function checkRecurrentConvolution(kind: string, options: RecurrentConvolutionOptions): void {
  const known = {
    channels: rules.positiveCount,
    size: {
      expected: 'height and width, whole numbers of 1 or more',
      accepts: (v: unknown) => Array.isArray(v) && v.length === 2 && v.every(rules.positiveCount.accepts),
    },
    kernel: { expected: 'an odd whole number', accepts: (v: unknown) => rules.positiveCount.accepts(v) && (v as number) % 2 === 1 },
    groups: rules.positiveCount,
    selfCoupling: perUnitRule,
    padding: paddingRule,
    strength: rules.finite,
    ...weightRule,
    ...learningRules,
  };
  checkOptions(kind, options, known, ['channels', 'size', 'kernel']);
  const { channels, groups = 1 } = options;
  if (channels % groups === 0) return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `Option 'groups' of ${kind} does not divide the channels`,
    received: `${groups} groups of ${channels} channels`,
    expected: 'a number that divides them',
  });
}
