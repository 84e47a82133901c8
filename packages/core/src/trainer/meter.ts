/** Reported numbers over many batches: scalars as means weighted by samples, metrics of statistics from the sums of these. */
import { add, cast, isFloat, type NDArray } from '@gradus/graph';
import type { Model, Params } from '../contracts/model.js';
import type { MeterState } from '../contracts/train-state.js';
import type { Reports } from './reports.js';
import { NOTHING_REPORTED } from './state.js';

export class Meter {
  readonly #model: Model;
  readonly #means = new Map<string, { readonly total: number; readonly weight: number }>();
  readonly #sums: Map<string, Params>;

  /** @param from Sums to go on from. Default: none. */
  constructor(model: Model, from: MeterState = NOTHING_REPORTED) {
    this.#model = model;
    for (const { name, total, weight } of from.means) this.#means.set(name, { total, weight });
    this.#sums = new Map(Object.entries(from.sums));
  }

  /** The sums so far. */
  get state(): MeterState {
    return { means: [...this.#means].map(([name, mean]) => ({ name, ...mean })), sums: Object.fromEntries(this.#sums) };
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
