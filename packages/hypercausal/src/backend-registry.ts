/** Backends by name, for programs that choose one from configuration. Make as many registries as needed: none is global. */
import { GradusError } from '@gradus/graph';
import type { Backend, BackendConfig, Capabilities } from './backend.js';
import { invalid, unknownName } from './validation.js';

export interface BackendEntry {
  readonly name: string;
  readonly create: (config: BackendConfig) => Backend;
  readonly capabilities: Partial<Capabilities>;
}

const keyOf = (name: string): string => name.trim().toLowerCase();

/**
 * Names are compared without case and surrounding spaces.
 *
 * @example
 * const registry = new BackendRegistry();
 * registry.register('depth-aware', (config) => new DepthAwareBackend(config));
 * registry.create('Depth-Aware', { outputDim: 3 });
 */
export class BackendRegistry {
  readonly #entries = new Map<string, BackendEntry>();

  /** @throws `INVALID_ARGUMENT` for a blank name, `DUPLICATE_NAME` for a taken one unless `overwrite`. */
  register(
    name: string,
    create: BackendEntry['create'],
    options: { readonly capabilities?: Partial<Capabilities>; readonly overwrite?: boolean } = {},
  ): void {
    const key = keyOf(name);
    if (key === '') throw invalid('A backend needs a name', `'${name}'`, 'a name that is not blank');
    if (this.#entries.has(key) && options.overwrite !== true) {
      throw new GradusError('DUPLICATE_NAME', {
        what: `There is a backend named '${key}' already`,
        received: `'${name}'`,
        fix: 'Choose another name, or give { overwrite: true }.',
      });
    }
    this.#entries.set(key, { name: key, create, capabilities: options.capabilities ?? {} });
  }

  has(name: string): boolean {
    return this.#entries.has(keyOf(name));
  }

  /** @throws `UNKNOWN_NAME`, with the nearest known name. */
  get(name: string): BackendEntry {
    const entry = this.#entries.get(keyOf(name));
    if (entry === undefined) throw unknownName('backend', name, [...this.#entries.keys()]);
    return entry;
  }

  /** @throws `UNKNOWN_NAME`, and what the constructor throws. */
  create(name: string, config: BackendConfig): Backend {
    return this.get(name).create(config);
  }

  /** Declared capabilities by name. */
  list(): Record<string, Partial<Capabilities>> {
    return Object.fromEntries([...this.#entries].map(([name, { capabilities }]) => [name, capabilities]));
  }
}
