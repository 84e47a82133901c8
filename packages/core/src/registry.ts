/** What the plugins of one trainer offer. Plugins are checked in a fixed order; nothing is added after that. */
import { GradusError, isGradusError, jsEngine } from '@gradus/graph';
import type { Factory, Kind, Kinds, PartOf, Plugin, Resolve } from './contracts/plugin.js';
import { isReference } from './factories.js';
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

  /**
   * Makes the part that a reference means; an object is the part itself. Where a transform is asked, names of optimizers are known too.
   * A list means `{ use: 'chain', options: { transforms: list } }`.
   * @throws `UNKNOWN_NAME`, `PLUGIN_FAILED`, and what a part says of its options.
   */
  resolve<K extends Kind>(kind: K, reference: PartOf<K>): Kinds[K] {
    const one = inChains(kind) && Array.isArray(reference) ? { use: 'chain', options: { transforms: reference } } : reference;
    if (!isReference(one)) return one as Kinds[K];
    const { use: name, options } = typeof one === 'string' ? { use: one } : one;
    const entry = this.#entries.get(`${kind}:${name}`) ?? (kind === 'transform' ? this.#entries.get(`optimizer:${name}`) : undefined);
    if (entry === undefined) throw this.#unknown(kind, name);
    const resolve: Resolve = (other, part) => this.resolve(other, part);
    try {
      return entry.factory((options || undefined) as never, resolve) as Kinds[K];
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

  #unknown(kind: Kind, name: string): GradusError {
    const known = kind === 'transform' ? [...this.names('transform'), ...this.names('optimizer')] : this.names(kind);
    const alone = kind === 'optimizer' && this.#entries.has(`transform:${name}`);
    return new GradusError('UNKNOWN_NAME', {
      what: `There is no ${kind} named '${name}'`,
      received: alone ? `the transform '${name}'` : `'${name}'`,
      expected: `one of ${listNames(known)}`,
      fix: alone
        ? `It is a part of a chain: give a list with an optimizer, such as ['${name}', 'adam'].`
        : `${didYouMean(name, known)} A plugin's names exist once the plugin is in \`plugins\`.`,
    });
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
      for (const same of isLearner(kind) ? (['optimizer', 'transform', 'proposer'] as const) : [kind]) {
        const other = this.#entries.get(`${same}:${name}`);
        if (other === undefined) continue;
        throw new GradusError('DUPLICATE_NAME', {
          what: `Two plugins add the ${same} '${name}'`,
          received: `'${other.plugin}' and '${plugin.name}'`,
          fix: 'Leave one of them out of `plugins`.',
        });
      }
      this.#entries.set(`${kind}:${name}`, { plugin: plugin.name, factory });
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

/** Whether parts of this kind stand where an optimizer is asked for, so that their names are one set. */
const isLearner = (kind: Kind): boolean => inChains(kind) || kind === 'proposer';

/** Whether parts of this kind can be chained. */
const inChains = (kind: Kind): boolean => kind === 'optimizer' || kind === 'transform';

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
