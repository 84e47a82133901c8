/** The numbers of optimizer and estimator that may change from step to step: schedules, overrides, and their checks. */
import { GradusError } from '@gradus/graph';
import type { Hyperparameters } from './contracts/gradient-transform.js';
import { didYouMean, listNames } from './suggest.js';

interface Owned {
  readonly owner: string;
  readonly value: Hyperparameters[string];
  /** The name the owner knows it by. */
  readonly own: string;
}

export class HyperparameterSet {
  readonly #declared = new Map<string, Owned>();
  readonly #overrides = new Map<string, number>();
  /** Names by which values are set and reported: the optimizer's, then the estimator's. */
  readonly names: readonly string[];

  /** The optimizer's names stay bare; an estimator's name that is taken becomes `gradient.<name>`. */
  constructor(
    optimizer: { readonly name: string; readonly hyperparameters?: Hyperparameters },
    gradient: { readonly name: string; readonly hyperparameters?: Hyperparameters },
  ) {
    for (const [own, value] of Object.entries(optimizer.hyperparameters ?? {})) {
      this.#declared.set(own, { owner: `optimizer '${optimizer.name}'`, value, own });
    }
    for (const [own, value] of Object.entries(gradient.hyperparameters ?? {})) {
      const name = this.#declared.has(own) ? `gradient.${own}` : own;
      this.#declared.set(name, { owner: `gradient '${gradient.name}'`, value, own });
    }
    this.names = [...this.#declared.keys()];
  }

  /** What optimizer or estimator declared for a step, whatever was set by hand. */
  declaredAt(name: string, step: number): number {
    const { value } = this.#declared.get(name)!;
    return typeof value === 'function' ? value(step) : value;
  }

  /** The values set by hand. */
  get overrides(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#overrides);
  }

  /** Makes the values set by hand those of a run that goes on. */
  restore(overrides: Readonly<Record<string, number>>): void {
    this.#overrides.clear();
    for (const [name, value] of Object.entries(overrides)) this.set(name, value);
  }

  /** Names as their owner knows them: what is handed to `update` or `estimate`. */
  ownNames(owner: 'optimizer' | 'gradient'): { readonly name: string; readonly own: string }[] {
    return [...this.#declared].filter(([, entry]) => entry.owner.startsWith(owner)).map(([name, { own }]) => ({ name, own }));
  }

  /** Every value at a step. @throws `INVALID_HYPERPARAMETER` for a value that is negative or not finite. */
  at(step: number): Record<string, number> {
    const values: Record<string, number> = {};
    for (const [name, { owner }] of this.#declared) {
      const number = this.#overrides.get(name) ?? this.declaredAt(name, step);
      checkValue(name, number, `${owner} at step ${step}`);
      values[name] = number;
    }
    return values;
  }

  /** Sets a value from now on, or gives it back to its schedule with `null`. */
  set(name: string, value: number | null): void {
    const entry = this.#declared.get(name);
    if (entry === undefined) {
      throw new GradusError('UNKNOWN_HYPERPARAMETER', {
        what: `There is no hyperparameter '${name}'`,
        received: `'${name}'`,
        expected: `one of ${listNames(this.names)}`,
        fix: didYouMean(name, this.names),
      });
    }
    if (value === null) this.#overrides.delete(name);
    else {
      checkValue(name, value, entry.owner);
      this.#overrides.set(name, value);
    }
  }
}

function checkValue(name: string, value: unknown, where: string): asserts value is number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return;
  throw new GradusError('INVALID_HYPERPARAMETER', {
    what: `Hyperparameter '${name}' of ${where} is not usable`,
    received: String(value),
    expected: 'a finite number of 0 or more',
    fix: 'Check the value or the schedule that gives it.',
  });
}
