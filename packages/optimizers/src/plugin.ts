/** The optimizers, transforms and schedules of this package as a plugin. */
import { definePlugin, withSchedules, type Factory, type GradientTransform } from '@gradus/core';
import { builtins } from './builtins.js';
import { namedTransforms, namedWrappers } from './named.js';

/**
 * Adds every optimizer, wrapper, transform and schedule by its name:
 * `{ use: 'lookahead', options: { optimizer: { use: 'adam', options: { learningRate: 0.01 } }, syncPeriod: 6 } }`.
 */
export const optimizersPlugin = definePlugin({
  name: '@gradus/optimizers',
  core: '^0.1.0',
  setup(registry) {
    for (const [name, factory] of Object.entries(builtins.optimizer)) {
      registry.add('optimizer', name, withSchedules(factory as Factory<GradientTransform>));
    }
    for (const [name, factory] of Object.entries(namedWrappers)) registry.add('optimizer', name, factory);
    for (const [name, factory] of Object.entries(namedTransforms)) registry.add('transform', name, factory);
    for (const [name, factory] of Object.entries(builtins.schedule)) registry.add('schedule', name, withSchedules(factory));
  },
});
