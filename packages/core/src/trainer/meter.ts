/** Reported numbers over many batches: scalars as means weighted by samples, metrics of statistics from the sums of these. */
import { add, cast, isFloat, type NDArray } from '@gradus/graph';
import type { Model, Params } from '../contracts/model.js';
import type { Reports } from './reports.js';

export class Meter {
  readonly #model: Model;
  readonly #means = new Map<string, { total: number; weight: number }>();
  readonly #sums = new Map<string, Params>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** Adds the reports of one batch of `weight` samples. */
  add({ logs, statistics }: Reports, weight: number): void {
    for (const name of Object.keys(logs)) {
      const own = statistics[name];
      if (own !== undefined) {
        const sofar = this.#sums.get(name);
        this.#sums.set(name, Object.fromEntries(Object.entries(own).map(([key, array]) => [key, plus(sofar?.[key], array)])));
        // Its place among the results.
        this.#means.set(name, { total: NaN, weight: 1 });
        continue;
      }
      const mean = this.#means.get(name) ?? { total: 0, weight: 0 };
      this.#means.set(name, { total: mean.total + logs[name] * weight, weight: mean.weight + weight });
    }
  }

  values(): Record<string, number> {
    return Object.fromEntries(
      [...this.#means].map(([name, { total, weight }]) => {
        const sums = this.#sums.get(name);
        return [name, sums === undefined ? total / weight : this.#resultOf(name, sums)];
      }),
    );
  }

  #resultOf(name: string, sums: Params): number {
    const declared = this.#model.metrics![name];
    return typeof declared === 'object' ? (declared.result!(sums) as NDArray).item() : NaN;
  }
}

/** Sums in double precision: counts of many samples do not fit into a float32. */
function plus(sum: NDArray | undefined, array: NDArray): NDArray {
  const wide = isFloat(array.dtype) ? (cast(array, 'float64') as NDArray) : array;
  return sum === undefined ? wide : (add(sum, wide) as NDArray);
}
