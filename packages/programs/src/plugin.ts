/** The proposers of this package as a plugin. */
import { definePlugin } from '@gradus/core';
import { evolutionary } from './proposers/evolutionary.js';
import { greedy, randomFewShot } from './proposers/random-few-shot.js';

/** Adds every proposer by its name: `{ use: 'randomFewShot', options: { maxExamples: 4 } }`. */
export const programsPlugin = definePlugin({
  name: '@gradus/programs',
  core: '^0.1.0',
  setup(registry) {
    registry.add('proposer', 'randomFewShot', randomFewShot);
    registry.add('proposer', 'greedy', greedy);
    registry.add('proposer', 'evolutionary', evolutionary);
  },
});
