/** The estimators of this package, by name. */
import { definePlugin } from '@gradus/core';
import { builtins } from './estimators/index.js';

export const gradientsPlugin = definePlugin({
  name: '@gradus/gradients',
  core: '^0.1.0',
  setup(registry) {
    for (const [name, factory] of Object.entries(builtins)) registry.add('gradient', name, factory);
  },
});
