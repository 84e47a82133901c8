/** What the plugins of one trainer offer. Plugins are checked in a fixed order; nothing is added after that. */
import { GradusError, isGradusError, jsEngine } from '@gradus/graph';
import type { Factory, Kind, Kinds, PartOf, Plugin } from './contracts/plugin.js';
import { definePlugin } from './plugin.js';
import { didYouMean, listNames } from './suggest.js';
import { satisfies } from './version-range.js';
import { VERSION } from './version.js';

interface Entry {
  readonly plugin: string;
  readonly factory: Factory<unknown>;
}

const corePlugin = definePlugin({
  name: '@gradus/core',
  core: '*',
  setup: (registry) => registry.add('engine', 'js', () => jsEngine),
});

export class Registry {
  readonly #entries = new Map<string, Entry>();
  readonly plugins: readonly string[];

  /**
   * @param plugins In order; the same object twice counts once.
   * @throws `INVALID_PLUGIN`, `PLUGIN_VERSION`, `DUPLICATE_PLUGIN`, `MISSING_PLUGIN`, `DUPLICATE_NAME`, `PLUGIN_FAILED`.
   */
  constructor(plugins: readonly Plugin[]) {
    const distinct = [...new Set([corePlugin, ...plugins])];
    distinct.forEach(checkShape);
    distinct.forEach(checkVersion);
    checkDuplicates(distinct);
    checkRequirements(distinct);
    for (const plugin of distinct) this.#setup(plugin);
    this.plugins = distinct.map(({ name }) => name);
  }

  /** Names of a kind, in the order they were added. */
  names(kind: Kind): string[] {
    return [...this.#entries.keys()].filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(kind.length + 1));
  }

  /** Makes the part that a reference means; an object is the part itself. @throws `UNKNOWN_NAME`, `PLUGIN_FAILED`. */
  resolve<K extends Kind>(kind: K, reference: PartOf<K>): Kinds[K] {
    const name = typeof reference === 'string' ? reference : isUse(reference) ? reference.use : null;
    if (name === null) return reference as Kinds[K];
    const entry = this.#entries.get(`${kind}:${name}`);
    if (entry === undefined) {
      const known = this.names(kind);
      throw new GradusError('UNKNOWN_NAME', {
        what: `There is no ${kind} named '${name}'`,
        received: `'${name}'`,
        expected: `one of ${listNames(known)}`,
        fix: `${didYouMean(name, known)} A plugin's names exist once the plugin is in \`plugins\`.`,
      });
    }
    try {
      return entry.factory(((isUse(reference) && reference.options) || undefined) as never) as Kinds[K];
    } catch (error) {
      // A coded error names what it is about already.
      if (isGradusError(error)) throw error;
      throw new GradusError('PLUGIN_FAILED', {
        what: `The ${kind} '${name}' of plugin '${entry.plugin}' could not be made`,
        received: error instanceof Error ? error.message : String(error),
        fix: 'Check the options given with it.',
        cause: error,
      });
    }
  }

  #setup(plugin: Plugin): void {
    const add = (kind: Kind, name: string, factory: Factory<unknown>): void => {
      if (!plugin.name.startsWith('@gradus/') && !name.startsWith(`${plugin.name}/`)) {
        throw new GradusError('INVALID_PLUGIN', {
          what: `Plugin '${plugin.name}' adds a name outside its namespace`,
          received: `${kind} '${name}'`,
          expected: `'${plugin.name}/${name}'`,
        });
      }
      const key = `${kind}:${name}`;
      const other = this.#entries.get(key);
      if (other !== undefined) {
        throw new GradusError('DUPLICATE_NAME', {
          what: `Two plugins add the ${kind} '${name}'`,
          received: `'${other.plugin}' and '${plugin.name}'`,
          fix: 'Leave one of them out of `plugins`.',
        });
      }
      this.#entries.set(key, { plugin: plugin.name, factory });
    };
    let open = true;
    try {
      plugin.setup({
        add: (kind, name, factory) => {
          if (!open)
            throw new GradusError('INVALID_PLUGIN', {
              what: `Plugin '${plugin.name}' adds '${name}' after its setup`,
              fix: 'Add everything while setup() runs.',
            });
          add(kind, name, factory as Factory<unknown>);
        },
      });
    } catch (error) {
      if (error instanceof GradusError) throw error;
      throw new GradusError('PLUGIN_FAILED', {
        what: `The setup of plugin '${plugin.name}' failed`,
        received: String(error),
        cause: error,
      });
    } finally {
      open = false;
    }
  }
}

const isUse = (reference: unknown): reference is { readonly use: string; readonly options?: object } =>
  typeof reference === 'object' && reference !== null && typeof (reference as { use?: unknown }).use === 'string';

function checkShape(plugin: Plugin): void {
  const fields = { name: 'string', core: 'string', setup: 'function' } as const;
  for (const [field, type] of Object.entries(fields)) {
    const value = (plugin as unknown as Record<string, unknown> | null)?.[field];
    if (typeof value !== type || value === '') {
      throw new GradusError('INVALID_PLUGIN', {
        what: `A plugin${typeof plugin?.name === 'string' ? ` ('${plugin.name}')` : ''} has no usable '${field}'`,
        received: value === '' ? 'an empty string' : typeof value,
        expected: `a ${type}`,
        fix: 'Make it with definePlugin({ name, core, setup }).',
      });
    }
  }
}

function checkVersion({ name, core }: Plugin): void {
  const fits = satisfies(VERSION, core);
  if (fits === true) return;
  throw new GradusError('PLUGIN_VERSION', {
    what:
      fits === null ? `Plugin '${name}' names a core range that cannot be read` : `Plugin '${name}' is for another version of @gradus/core`,
    received: fits === null ? `'${core}'` : `@gradus/core ${VERSION}`,
    expected: fits === null ? "a range such as '^0.1.0'" : core,
    fix: fits === null ? undefined : `Install a version of the plugin for core ${VERSION}, or @gradus/core ${core}.`,
  });
}

function checkDuplicates(plugins: readonly Plugin[]): void {
  plugins.forEach(({ name }, i) => {
    const first = plugins.findIndex((plugin) => plugin.name === name);
    if (first !== i) {
      throw new GradusError('DUPLICATE_PLUGIN', {
        what: `Two different plugins are named '${name}'`,
        // Number 0 is core's own, so that users' plugins count from 1.
        received: `plugin number ${first} ('${name}', core ${plugins[first].core}) and number ${i} ('${name}', core ${plugins[i].core})`,
        fix: 'Leave one out; two copies of one package are often the cause (npm ls).',
      });
    }
  });
}

function checkRequirements(plugins: readonly Plugin[]): void {
  const names = plugins.map(({ name }) => name);
  for (const { name, requires = [] } of plugins) {
    const missing = requires.filter((required) => !names.includes(required));
    if (missing.length > 0) {
      throw new GradusError('MISSING_PLUGIN', {
        what: `Plugin '${name}' needs other plugins`,
        received: listNames(names),
        expected: `also ${missing.join(', ')}`,
        fix: `Add ${missing.map((m) => `'${m}'`).join(', ')} to \`plugins\`.`,
      });
    }
  }
}
