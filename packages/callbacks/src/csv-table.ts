/** A table of text cells that is kept in a CSV file: rows appended one by one, the whole file replaced when the columns change. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { replaceFile } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { formatRecord, parseRecords } from './csv.js';

/** What stands where a row has no value. */
const MISSING = 'NA';

export class CsvTable {
  readonly #path: string;
  readonly #separator: string;
  #columns: string[] = [];
  /** Cells in the order of the columns; rows from before a column are shorter. */
  #rows: string[][] = [];
  /** The file is not, or may not be, what is in memory: the next write replaces it. */
  #stale = true;

  constructor(path: string, separator: string) {
    this.#path = path;
    this.#separator = separator;
  }

  /**
   * Takes what the file has, if there is one. A last line that was cut off, without its end and with cells missing, is left out.
   * @throws `INVALID_CSV` for a file that is no such table; what the file system throws.
   */
  read(): void {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return;
      throw error;
    }
    const { records, ended } = parseRecords(text, this.#separator);
    const [header = [], ...rows] = records;
    if (!ended && rows.length > 0 && rows.at(-1)!.length < header.length) rows.pop();
    if (header.length === 0) return;
    this.#checkHeader(header);
    rows.forEach((row, k) => {
      if (row.length !== header.length) {
        throw this.#invalid(`row ${k + 1} has another number of cells`, `${row.length}`, `${header.length}, as the header`);
      }
    });
    this.#columns = header;
    this.#rows = rows;
    this.#stale = text !== this.#text();
  }

  /** Adds columns that are not there yet, behind the others. */
  widen(names: readonly string[]): void {
    const further = names.filter((name) => !this.#columns.includes(name));
    if (further.length === 0) return;
    this.#columns = [...this.#columns, ...further];
    this.#stale = true;
  }

  /** Keeps the rows that `accepts` accepts, told their cells by column. */
  filter(accepts: (cell: (column: string) => string | undefined) => boolean): void {
    const kept = this.#rows.filter((row) => accepts((column) => row[this.#columns.indexOf(column)]));
    this.#stale ||= kept.length < this.#rows.length;
    this.#rows = kept;
  }

  /** Adds a row in memory, and its columns. */
  add(row: ReadonlyMap<string, string>): void {
    this.widen([...row.keys()]);
    this.#rows.push(this.#columns.map((column) => row.get(column) ?? MISSING));
    this.#stale = true;
  }

  /** Adds a row to the file too. @throws what the file system throws; the row is then written by the next call. */
  append(row: ReadonlyMap<string, string>): void {
    this.widen([...row.keys()]);
    const whole = this.#stale;
    this.add(row);
    if (whole) return this.write();
    // Stale until the line is known to be written to its end.
    appendFileSync(this.#path, formatRecord(this.#rows.at(-1)!, this.#separator));
    this.#stale = false;
  }

  /** Makes the file what is in memory, if it is not: atomically. @throws what the file system throws. */
  write(): void {
    if (!this.#stale) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    replaceFile(this.#path, this.#text());
    this.#stale = false;
  }

  #text(): string {
    const padded = this.#rows.map((row) => this.#columns.map((_, k) => row[k] ?? MISSING));
    return [this.#columns, ...padded].map((cells) => formatRecord(cells, this.#separator)).join('');
  }

  #checkHeader(header: readonly string[]): void {
    if (!header.includes('epoch')) {
      throw this.#invalid("there is no column 'epoch'", header.join(' | ').slice(0, 200), "a first line with 'epoch' and the metrics");
    }
    const twice = header.find((name, k) => header.indexOf(name) !== k);
    if (twice !== undefined) throw this.#invalid(`two columns are named '${twice}'`, header.join(' | ').slice(0, 200), 'names that differ');
  }

  #invalid(what: string, received: string, expected: string): GradusError {
    return new GradusError('INVALID_CSV', {
      what: `'${this.#path}' cannot be appended to: ${what}`,
      received,
      expected,
      fix: 'Give the separator it was written with, choose another path, or mend the file.',
    });
  }
}
