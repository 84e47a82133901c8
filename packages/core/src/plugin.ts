/** Defining plugins. */
import type { Plugin } from './contracts/plugin.js';

/**
 * Makes a plugin: freezes it and keeps its literal name in the type. Checks come when a trainer uses it.
 *
 * @example
 * export const acme = definePlugin({
 *   name: 'acme',
 *   core: '^0.1.0',
 *   setup(registry) {
 *     registry.add('optimizer', 'acme/lion', lion);
 *   },
 * });
 */
export function definePlugin<const Name extends string>(plugin: Plugin<Name>): Readonly<Plugin<Name>> {
  return Object.freeze({ ...plugin });
}
