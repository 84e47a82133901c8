/** Means of reported numbers, weighted by samples. */
import type { Logs } from '../contracts/callback.js';

export class Meter {
  readonly #sums = new Map<string, { total: number; weight: number }>();

  /** Adds the numbers of one batch of `weight` samples. */
  add(logs: Logs, weight: number): void {
    for (const name of Object.keys(logs)) {
      const sum = this.#sums.get(name);
      if (sum === undefined) this.#sums.set(name, { total: logs[name] * weight, weight });
      else {
        sum.total += logs[name] * weight;
        sum.weight += weight;
      }
    }
  }

  means(prefix = ''): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, { total, weight }]) => [prefix + name, total / weight]));
  }
}
