/** The estimators and transforms of this package, by name. */
import { definePlugin, withArguments, withSchedules, type Factory, type GradientEstimator, type GradientTransform } from '@gradus/core';
import { builtins } from './estimators/index.js';
import * as transforms from './transforms/index.js';

type Named = Readonly<Record<string, Factory<GradientTransform>>>;

/** Transforms that take more, or other, than a record of options: their arguments are options by their names. */
const withOthers: Named = {
  adaptiveGradClip: withArguments('adaptiveGradClip', transforms.adaptiveGradClip, { clipping: 'value', options: 'options' }),
  clipByBlockRms: withArguments('clipByBlockRms', transforms.clipByBlockRms, { threshold: 'value' }),
  clipByGlobalNorm: withArguments('clipByGlobalNorm', transforms.clipByGlobalNorm, { maxNorm: 'value' }),
  clipByValue: withArguments('clipByValue', transforms.clipByValue, { maxValue: 'value' }),
  keepParamsNonnegative: withArguments('keepParamsNonnegative', transforms.keepParamsNonnegative, {}),
  zeroNans: withArguments('zeroNans', transforms.zeroNans, {}),
};

/** Around an optimizer they are one. */
const wrappers: Named = {
  applyIfFinite: withArguments('applyIfFinite', transforms.applyIfFinite, { inner: 'transform', options: 'options' }),
};

export const gradientsPlugin = definePlugin({
  name: '@gradus/gradients',
  core: '^0.1.0',
  setup(registry) {
    for (const [name, factory] of Object.entries(builtins)) {
      registry.add('gradient', name, withSchedules(factory as Factory<GradientEstimator>));
    }
    for (const [name, factory] of Object.entries(wrappers)) registry.add('optimizer', name, factory);
    for (const [name, factory] of Object.entries(transforms).filter(([each]) => !Object.hasOwn(wrappers, each))) {
      registry.add('transform', name, withOthers[name] ?? withSchedules(factory as Factory<GradientTransform>));
    }
  },
});
