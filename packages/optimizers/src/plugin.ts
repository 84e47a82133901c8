/** The optimizers and schedules of this package as a plugin. */
import { definePlugin } from '@gradus/core';
import { builtins } from './builtins.js';

/** Adds every optimizer and schedule: `{ use: 'adam', options: { learningRate: 0.01 } }`. */
export const optimizersPlugin = definePlugin({
  name: '@gradus/optimizers',
  core: '^0.1.0',
  setup(registry) {
    for (const [name, factory] of Object.entries(builtins.optimizer)) registry.add('optimizer', name, factory);
    for (const [name, factory] of Object.entries(builtins.schedule)) registry.add('schedule', name, factory);
  },
});
