/** Plugins: named bundles of optimizers, estimators, engines, callbacks and schedules. */
import type { Engine } from '@gradus/graph';
import type { Callback } from './callback.js';
import type { GradientEstimator } from './gradient-estimator.js';
import type { GradientTransform, Schedule } from './gradient-transform.js';

/** What plugins can add, by kind. */
export interface Kinds {
  readonly engine: Engine;
  readonly gradient: GradientEstimator;
  readonly optimizer: GradientTransform;
  readonly callback: Callback;
  readonly schedule: Schedule;
}

export type Kind = keyof Kinds;

/** Makes one member of a kind. `options` comes from configuration: the factory checks it. */
export type Factory<T> = (options: never) => T;

/** Where a plugin's `setup` puts its members. */
export interface PluginRegistry {
  add<K extends Kind>(kind: K, name: string, factory: Factory<Kinds[K]>): void;
}

/** A plain frozen object; make it with `definePlugin`. */
export interface Plugin<Name extends string = string> {
  /** Also the namespace of what it adds: the plugin `acme` adds `acme/lion`. */
  readonly name: Name;
  /** Versions of `@gradus/core` it works with: `^0.1.0`. */
  readonly core: string;
  /** Names of plugins that must be there too. */
  readonly requires?: readonly string[];
  setup(registry: PluginRegistry): void;
}

/** A part given as an object, by name, or by name with options. */
export type PartOf<K extends Kind> = Kinds[K] | string | { readonly use: string; readonly options?: object };
