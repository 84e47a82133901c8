/** The engine as a plugin. */
import { definePlugin } from '@gradus/core';
import { ortEngine } from './ort-engine.js';

/** Adds the engine `ort`; its options are those of {@link ortEngine}. */
export const engineOrtPlugin = definePlugin({
  name: '@gradus/engine-ort',
  core: '^0.1.0',
  setup(registry) {
    registry.add('engine', 'ort', ortEngine);
  },
});
