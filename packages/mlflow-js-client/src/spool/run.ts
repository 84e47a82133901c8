/** A run as a program writes it: every call is on the disk when it returns, and none ever throws. */
import { randomBytes } from 'node:crypto';
import { constants, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { wireDatasetInput, type DatasetInputGiven } from '../api/datasets.js';
import { RUN_STATUSES, type RunStatus } from '../api/entities.js';
import { entrySize, split } from '../api/log-batch.js';
import { randomHex, wireSpans } from '../api/spans.js';
import type { NewTrace } from '../api/traces.js';
import { messageOf } from '../errors.js';
import { MAX_METRICS, MAX_PARAMS, MAX_TAGS } from '../input/limits.js';
import { Sanitizer, type Entry, type MetricInput, type Values } from '../input/sanitizer.js';
import { safeArtifactPath, textOf } from '../input/text.js';
import type { Warnings } from '../input/warnings.js';
import type { Journal } from './journal.js';
import { newKey } from './layout.js';
import type { SpoolRecord } from './records.js';

/** When and at which step something was measured. */
export interface Moment {
  /** Default: 0. */
  readonly step?: number;
  /** Default: now. */
  readonly timestamp?: number | Date;
}

export interface ArtifactOptions {
  /** Keep the path only, and read the file when it is sent: it must not change or go before. Default: `false`, the spool keeps a copy. */
  readonly reference?: boolean;
}

export interface ModelOptions extends ArtifactOptions {
  /** Default: the name of the folder. */
  readonly name?: string;
  readonly modelType?: string;
  readonly step?: number;
  readonly params?: Values;
  readonly tags?: Values;
  /** What its `MLmodel` file says, for servers before MLflow 3. */
  readonly description?: Readonly<Record<string, unknown>>;
  /** Registers a version under this name. Default: none. */
  readonly registeredName?: string;
  /** The alias of that version. */
  readonly alias?: string;
}

/** Points in one record, so that requests can be filled well. */
const METRICS = MAX_METRICS / 4;

export class SpooledRun {
  /** Names the run in the spool, and on a server as the tag `mlflow-js-client.key`. With it another process can go on. */
  readonly key: string;
  /** Where its records are. */
  readonly folder: string;
  readonly #journal: Journal;
  readonly #warnings: Warnings;
  readonly #sanitizer: Sanitizer;
  readonly #onWrite: (points: number) => void;
  readonly #onEnd: () => void;
  readonly #copying = new Set<Promise<void>>();

  /** @param told Hears of each write, with the number of its points, and of the end. */
  constructor(key: string, folder: string, journal: Journal, warnings: Warnings, told: { written(points: number): void; ended(): void }) {
    this.key = key;
    this.folder = folder;
    this.#journal = journal;
    this.#warnings = warnings;
    this.#sanitizer = new Sanitizer(warnings);
    this.#onWrite = told.written;
    this.#onEnd = told.ended;
  }

  logMetric(key: string, value: MetricInput['value'], moment: Moment = {}): void {
    this.log([{ ...moment, key, value }]);
  }

  /** Several values of one moment: `run.logMetrics({ loss: 0.5, accuracy: 0.9 }, { step: 3 })`. */
  logMetrics(values: Readonly<Record<string, MetricInput['value']>>, moment: Moment = {}): void {
    this.#guard('metrics', () => {
      // Points of one call have one time.
      const timestamp = moment.timestamp ?? Date.now();
      this.log(Object.keys(values).map((key) => ({ key, value: values[key], step: moment.step, timestamp })));
    });
  }

  /** Points of any moments. */
  log(points: readonly MetricInput[]): void {
    this.#guard('metrics', () => {
      const metrics = this.#sanitizer.metrics(points);
      for (let i = 0; i < metrics.length; i += METRICS) this.#write({ type: 'metrics', metrics: metrics.slice(i, i + METRICS) });
    });
  }

  /** A param keeps its first value; another one becomes the tag `param.changed.<key>` when it is delivered. */
  logParams(values: Values): void {
    this.#guard('params', () => this.#writeAll('params', this.#sanitizer.params(values), MAX_PARAMS));
  }

  setTags(values: Values): void {
    this.#guard('tags', () => this.#writeAll('tags', this.#sanitizer.tags(values), MAX_TAGS));
  }

  deleteTag(key: string): void {
    this.#guard('tag', () => {
      const safe = this.#sanitizer.key('tag', key);
      if (safe !== undefined) this.#write({ type: 'deleteTag', key: safe });
    });
  }

  rename(runName: string): void {
    this.#guard('name', () => this.#write({ type: 'update', runName: textOf(runName) }));
  }

  /** What went in: datasets, and logged models by their ids. */
  logInputs(inputs: { readonly datasets?: readonly DatasetInputGiven[]; readonly modelIds?: readonly string[] }): void {
    this.#guard('inputs', () => {
      const { datasets = [], modelIds = [] } = inputs;
      // What no server takes is found now, while somebody can still mend it.
      datasets.forEach(wireDatasetInput);
      this.#write({ type: 'inputs', datasets, modelIds });
    });
  }

  /** What came out: logged models by their ids. */
  logOutputs(models: readonly { readonly modelId: string; readonly step?: number }[]): void {
    this.#guard('outputs', () => this.#write({ type: 'outputs', models: models.map(({ modelId, step = 0 }) => ({ modelId, step })) }));
  }

  /** A file, under its own name or `path`. Resolves when the spool has it. */
  logArtifact(file: string, path?: string, options: ArtifactOptions = {}): Promise<void> {
    return this.#copied(`artifact '${path ?? file}'`, async () => {
      const safe = this.#path(path ?? basename(file));
      if (safe !== undefined) this.#write({ type: 'artifact', path: safe, file: await this.#keep(file, options) });
    });
  }

  /** All files below a folder, under `path`. Resolves when the spool has them. */
  logArtifacts(folder: string, path = '', options: ArtifactOptions = {}): Promise<void> {
    return this.#copied(`artifacts of '${folder}'`, async () => {
      for (const file of await filesBelow(folder)) await this.logArtifact(join(folder, file), `${path}/${file}`, options);
    });
  }

  /** Text or bytes as a file. */
  logContent(content: string | Uint8Array, path: string): void {
    this.#guard(`artifact '${path}'`, () => {
      const safe = this.#path(path);
      if (safe === undefined) return;
      const file = fileName(safe);
      mkdirSync(join(this.folder, 'files'), { recursive: true });
      writeFileSync(join(this.folder, file), content);
      this.#write({ type: 'artifact', path: safe, file });
    });
  }

  /** A folder with an `MLmodel` file and what belongs to it. Resolves when the spool has it. */
  logModel(folder: string, options: ModelOptions = {}): Promise<void> {
    return this.#copied(`model of '${folder}'`, async () => {
      const { name = basename(resolve(folder)), reference, step = 0, params = {}, tags = {}, ...more } = options;
      // The characters that a server refuses in the name of a model.
      const safe = name.replace(/[/:.%"']/g, '_') || 'model';
      const files = [];
      for (const path of await filesBelow(folder)) files.push({ path, file: await this.#keep(join(folder, path), { reference }) });
      const entries = { params: this.#sanitizer.params(params), tags: this.#sanitizer.tags(tags) };
      this.#write({ ...more, type: 'model', key: newKey(), name: safe, step, ...entries, files });
    });
  }

  /** What a program did for one request. @returns Its id. */
  logTrace(trace: Omit<NewTrace, 'experimentId' | 'runId'>): string {
    const traceId = trace?.traceId ?? `tr-${randomHex(16)}`;
    this.#guard('a trace', () => {
      // What cannot be sent is found here, and not for ever when it is.
      wireSpans(traceId, trace.spans);
      this.#write({ type: 'trace', trace: { ...trace, traceId } });
    });
    return traceId;
  }

  /** How it ended. Default: `FINISHED`, now. A later process may go on all the same. */
  end(status: RunStatus = 'FINISHED', endTime: number | Date = Date.now()): void {
    this.#guard('end', () => {
      const known = RUN_STATUSES.includes(status);
      if (!known) this.#warnings.once(`status ${status}`, `a run has no status '${status}'; FINISHED is stored`);
      this.#write({ type: 'update', status: known ? status : 'FINISHED', endTime: Math.round(Number(endTime)) || Date.now() });
      // A later write opens another segment.
      this.#journal.close();
      this.#onEnd();
    });
  }

  /**
   * Forces all lines so far to the disk, so that they outlive the machine too: what a program calls before it notes elsewhere what it has
   * logged. Waits for the disk (an `fsync`: some milliseconds, on a slow or busy disk more), not at all where nothing was logged since the last
   * time. Copies of artifacts are not waited for.
   */
  sync(): void {
    this.#journal.sync();
  }

  /** Resolves when all copies are made that were asked for. */
  async settled(): Promise<void> {
    while (this.#copying.size > 0) await Promise.all(this.#copying);
  }

  #writeAll(type: 'params' | 'tags', entries: readonly Entry[], limit: number): void {
    for (const part of split(entries, limit, entrySize)) this.#write(type === 'params' ? { type, params: part } : { type, tags: part });
  }

  #write(record: SpoolRecord): void {
    this.#journal.append(record);
    this.#onWrite(record.type === 'metrics' ? record.metrics.length : 1);
  }

  /** Where the spool keeps a file, for its record. */
  async #keep(file: string, { reference = false }: ArtifactOptions): Promise<string> {
    if (reference) {
      if (!statSync(file).isFile()) throw new Error('it is no file');
      return resolve(file);
    }
    const copy = fileName(file);
    await mkdir(join(this.folder, 'files'), { recursive: true });
    await copyFile(file, join(this.folder, copy), constants.COPYFILE_FICLONE);
    return copy;
  }

  #path(path: string): string | undefined {
    const safe = safeArtifactPath(path);
    const wanted = path.replace(/^\/+|\/+$/g, '');
    if (safe === undefined)
      this.#warnings.once(`artifact ${path}`, `an artifact with the path '${path}' was dropped: no store takes that path`);
    else if (safe !== wanted)
      this.#warnings.once(`artifact ${path}`, `artifact '${path}' is stored as '${safe}': stores refuse other paths`);
    return safe;
  }

  #copied(what: string, work: () => Promise<void>): Promise<void> {
    const done = work().catch((error: unknown) => this.#lost(what, error));
    this.#copying.add(done);
    return done.finally(() => this.#copying.delete(done));
  }

  #guard(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#lost(what, error);
    }
  }

  #lost(what: string, error: unknown): void {
    const why = messageOf(error);
    this.#warnings.once(`lost ${what} ${why}`, `${what} of run '${this.key}' cannot be stored: ${why}`);
  }
}

/** A new name in the folder of a run, which still tells what it was. */
const fileName = (path: string): string =>
  `files/${randomBytes(6).toString('hex')}-${basename(path)
    .replace(/[^\w.-]/g, '_')
    .slice(-80)}`;

/** Paths of all files below a folder, with `/`, in order. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return files.map((file) => file.split(sep).join('/')).sort();
}
