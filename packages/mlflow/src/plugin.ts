/** The monitor by its name, for configurations. */
import { definePlugin } from '@gradus/core';
import { monitor } from './monitor.js';

/** Adds the callback `monitor`: `{ use: 'monitor', options: { trackingUri: 'http://localhost:5000' } }`. */
export const mlflowPlugin = definePlugin({
  name: '@gradus/mlflow',
  core: '^0.1.0',
  setup: (registry) => registry.add('callback', 'monitor', monitor),
});
