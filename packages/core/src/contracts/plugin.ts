/** Plugins: named bundles of optimizers, transforms, estimators, engines, callbacks and schedules. */
import type { Engine } from '@gradus/graph';
import type { Callback } from './callback.js';
import type { GradientEstimator } from './gradient-estimator.js';
import type { GradientTransform, Schedule } from './gradient-transform.js';
import type { Proposer } from './proposer.js';

/** What plugins can add, by kind. */
export interface Kinds {
  readonly engine: Engine;
  readonly gradient: GradientEstimator;
  readonly optimizer: GradientTransform;
  /** What stands beside an optimizer in a chain: clipping, noise, a mask. Its names and those of optimizers are one set. */
  readonly transform: GradientTransform;
  /** An optimizer of JSON variables. Its names and those of optimizers are one set. */
  readonly proposer: Proposer;
  readonly callback: Callback;
  readonly schedule: Schedule;
}

export type Kind = keyof Kinds;

/** Makes the part that a reference means: for factories whose options name other parts. */
export type Resolve = <K extends Kind>(kind: K, reference: PartOf<K>) => Kinds[K];

/** Makes one member of a kind. `options` comes from configuration: the factory checks it. */
export type Factory<T> = (options: never, resolve: Resolve) => T;

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

/** By name, or by name with options. */
export type Reference = string | { readonly use: string; readonly options?: object };

/** A list is the chain of its places, in their order. */
export type TransformPart = GradientTransform | Reference | readonly TransformPart[];

/** A part given as an object, by name, or by name with options; optimizers and transforms as a list of such, too. */
export type PartOf<K extends Kind> = Kinds[K] | Reference | (K extends 'optimizer' | 'transform' ? readonly TransformPart[] : never);
