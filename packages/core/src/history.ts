/** What a run reported, epoch by epoch. */
import type { Logs } from './contracts/callback.js';

export interface HistoryRow {
  /** From 0. */
  readonly epoch: number;
  readonly logs: Logs;
}

/** Names in order of first appearance. */
export const namesOf = (rows: readonly HistoryRow[]): string[] => [...new Set(rows.flatMap(({ logs }) => Object.keys(logs)))];

export class History {
  #rows: HistoryRow[] = [];

  /** One row per finished epoch, in order. */
  get rows(): readonly HistoryRow[] {
    return this.#rows;
  }

  /** Names in order of first appearance. */
  get names(): string[] {
    return namesOf(this.#rows);
  }

  /** The series of one metric, as long as there are rows: `null` where an epoch did not report it. */
  series(name: string): (number | null)[] {
    return this.#rows.map(({ logs }) => logs[name] ?? null);
  }

  /** The logs of the last epoch; empty before the first. */
  get last(): Logs {
    return this.#rows.at(-1)?.logs ?? {};
  }

  append(row: HistoryRow): void {
    this.#rows.push(row);
  }

  /** Makes the rows those of a run that goes on. */
  restore(rows: readonly HistoryRow[]): void {
    this.#rows = [...rows];
  }
}
