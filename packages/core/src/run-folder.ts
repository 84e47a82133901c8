/** The folder a run leaves: `manifest.json`, `telemetry.jsonl`, `history.csv`. A disk that fails never stops a training. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { GradusError } from '@gradus/graph';
import type { Logs, Stop } from './contracts/callback.js';
import type { TrainState } from './contracts/train-state.js';
import { namesOf, type History, type HistoryRow } from './history.js';
import { VERSION } from './version.js';

export interface RunFolderOptions {
  /** Where runs are kept. Default: `runs` in the working directory. */
  readonly directory?: string;
  /** Groups runs; default: the model's name. Anything but letters, digits, `.`, `_` and `-` becomes `-`. */
  readonly name?: string;
  /** Default: the time of the start and four random characters; a folder of that id must not exist. */
  readonly id?: string;
}

type Status = 'running' | 'completed' | 'stopped' | 'interrupted' | 'failed';

const STATUS: Readonly<Record<Stop['reason'], Status>> = {
  completed: 'completed',
  requested: 'stopped',
  interrupted: 'interrupted',
  failed: 'failed',
};

/** File-name-safe: a name from a model or a user cannot leave the run's place. */
const safe = (name: string): string => name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^\.+/, '') || 'run';

function defaultId(): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${randomUUID().slice(0, 4)}`;
}

export class RunFolder {
  readonly path: string;
  /** Whether its run goes on after it was cut off. */
  readonly reopened: boolean;
  readonly #manifest: Record<string, unknown>;
  readonly #pending: { readonly file: string; text: string }[] = [];
  /** Bytes of whole records in each appended file: where to cut when a write fails half-way. */
  readonly #sizes = new Map<string, number>();
  #columns: string[] = [];
  #problem: GradusError | null = null;

  private constructor(path: string, manifest: Record<string, unknown>, reopened = false) {
    this.path = path;
    this.reopened = reopened;
    this.#manifest = manifest;
  }

  /**
   * Creates the folder and writes the first manifest.
   * @param config What the run was asked to do, as JSON.
   * @param abandoned Begin anew in a folder of the same name whose run was cut off: its process is gone, and it had not come to an end.
   * @throws `RUN_FOLDER_UNWRITABLE` when that is not possible: nothing has been trained yet.
   */
  static create(
    modelName: string,
    config: Readonly<Record<string, unknown>>,
    options: RunFolderOptions = {},
    { abandoned = false }: { readonly abandoned?: boolean } = {},
  ): RunFolder {
    const id = safe(options.id ?? defaultId());
    const name = safe(options.name ?? modelName);
    const parent = join(resolve(options.directory ?? 'runs'), name);
    const run = new RunFolder(join(parent, id), {
      format: 'gradus-run/1',
      id,
      name,
      status: 'running' satisfies Status,
      startedAt: new Date().toISOString(),
      process: { pid: process.pid, host: hostname() },
      versions: { gradus: VERSION, node: process.versions.node },
      config,
    });
    try {
      mkdirSync(parent, { recursive: true });
      if (abandoned && isAbandoned(run.path)) for (const file of OWN_FILES) rmSync(join(run.path, file), { force: true });
      else mkdirSync(run.path);
      run.#writeManifest();
    } catch (error) {
      throw unwritable(run.path, error, 'Choose another place with fit(…, { run: { directory } }), or leave no folder with run: false.');
    }
    return run;
  }

  /**
   * Goes on in the folder of a run that was cut off: lines after the state are dropped, since what they tell happens again; the manifest
   * counts the restart.
   * @throws `RUN_FOLDER_UNWRITABLE` when the folder is gone or cannot be written.
   */
  static reopen({ path, bytes }: NonNullable<TrainState['folder']>, history: readonly HistoryRow[]): RunFolder {
    try {
      const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as Record<string, unknown>;
      const run = new RunFolder(path, manifest, true);
      for (const [file, size] of Object.entries(bytes)) {
        const there = statSync(join(path, file)).size;
        if (there > size) truncateSync(join(path, file), size);
        run.#sizes.set(file, Math.min(there, size));
      }
      const resumes = typeof manifest.resumes === 'number' ? manifest.resumes : 0;
      const since = { resumes: resumes + 1, resumedAt: new Date().toISOString(), process: { pid: process.pid, host: hostname() } };
      Object.assign(manifest, { status: 'running' satisfies Status, ...since });
      for (const ended of ['endedAt', 'stop', 'error']) delete manifest[ended];
      run.#writeManifest();
      run.#writeRows(history);
      return run;
    } catch (error) {
      throw unwritable(path, error, 'The run goes on from its state; give the folder back, or leave none with run: false.');
    }
  }

  /** Where the folder stands, for `reopen`. */
  get position(): NonNullable<TrainState['folder']> {
    const { 'history.csv': _, ...bytes } = Object.fromEntries(this.#sizes);
    return { path: this.path, bytes };
  }

  /** The first failure to write, if any: what could not be written is kept and tried again at every later write. */
  get problem(): GradusError | null {
    return this.#problem;
  }

  /** Adds the commit of the working directory to the manifest, where there is one. */
  async recordCommit(): Promise<void> {
    try {
      const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { timeout: 2000 });
      this.updateManifest({ git: { commit: stdout.trim() } });
    } catch {
      // Not a git checkout, or no git: the manifest says nothing about it.
    }
  }

  /** Appends one line to `telemetry.jsonl`: the time in unix seconds, the event and its facts. */
  event(event: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.#append('telemetry.jsonl', `${JSON.stringify({ ts: Date.now() / 1000, event, ...facts }, finiteOrText)}\n`);
  }

  /** Appends the last row of the history to `history.csv`; a new metric widens the whole file. */
  row(history: History): void {
    const row = history.rows.at(-1);
    if (row === undefined) return;
    if (history.names.join() === this.#columns.join()) {
      this.#append('history.csv', lineOf(this.#columns, row.epoch, row.logs));
      return;
    }
    // Whatever was pending for this file is in the new text.
    for (const part of this.#pending) if (part.file === 'history.csv') part.text = '';
    this.#try(() => this.#writeRows(history.rows));
  }

  /** Replaces `history.csv`. */
  #writeRows(rows: readonly HistoryRow[]): void {
    const path = join(this.path, 'history.csv');
    if (rows.length === 0) return rmSync(path, { force: true });
    this.#columns = namesOf(rows);
    const header = ['epoch', ...this.#columns].map((name) => (/[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(',');
    const text = `${header}\n${rows.map(({ epoch, logs }) => lineOf(this.#columns, epoch, logs)).join('')}`;
    replaceFile(path, text);
    this.#sizes.set('history.csv', Buffer.byteLength(text));
  }

  updateManifest(facts: Readonly<Record<string, unknown>>): void {
    Object.assign(this.#manifest, facts);
    this.#try(() => this.#writeManifest());
  }

  /** Closes the books: how the run ended, and why. */
  finish(stop: Stop, error?: unknown): void {
    this.#flush();
    const failure =
      error === undefined
        ? {}
        : {
            error: {
              code: error instanceof GradusError ? error.code : undefined,
              message: error instanceof Error ? error.message : String(error),
            },
          };
    this.updateManifest({ status: STATUS[stop.reason], endedAt: new Date().toISOString(), stop, ...failure });
  }

  #append(file: string, text: string): void {
    this.#pending.push({ file, text });
    this.#flush();
  }

  #flush(): void {
    this.#try(() => {
      while (this.#pending.length > 0) {
        const { file, text } = this.#pending[0];
        this.#appendWhole(file, text);
        this.#pending.shift();
      }
    });
  }

  #appendWhole(file: string, text: string): void {
    const path = join(this.path, file);
    const size = this.#sizes.get(file) ?? 0;
    try {
      appendFileSync(path, text);
    } catch (error) {
      try {
        truncateSync(path, size);
      } catch {
        // The file was never made, or cannot be reached at all: the first error tells.
      }
      throw error;
    }
    this.#sizes.set(file, size + Buffer.byteLength(text));
  }

  #writeManifest(): void {
    replaceFile(join(this.path, 'manifest.json'), `${JSON.stringify(this.#manifest, finiteOrText, 2)}\n`);
  }

  #try(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (this.#problem !== null) return;
      this.#problem = unwritable(this.path, error, 'Training goes on; what could not be written is kept in memory and tried again.');
      process.emitWarning(this.#problem.message, { code: this.#problem.code });
    }
  }
}

/** What a run folder itself puts into a folder; callbacks put more. */
const OWN_FILES = ['manifest.json', 'telemetry.jsonl', 'history.csv'];

/** Whether a folder is that of a run that did not come to its end, though its process is gone. */
function isAbandoned(path: string): boolean {
  let manifest: { readonly status?: unknown; readonly process?: { readonly pid?: unknown; readonly host?: unknown } };
  try {
    manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as typeof manifest;
  } catch {
    return false;
  }
  const { pid, host } = manifest.process ?? {};
  if ((manifest.status !== 'running' && manifest.status !== 'failed') || typeof pid !== 'number' || host !== hostname()) return false;
  if (manifest.status === 'failed') return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

const lineOf = (columns: readonly string[], epoch: number, logs: Logs): string =>
  `${[epoch, ...columns.map((name) => (name in logs ? String(logs[name]) : ''))].join(',')}\n`;

/** JSON has no NaN and no infinities: they are written as text rather than as null. */
const finiteOrText = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

const unwritable = (path: string, error: unknown, fix: string): GradusError =>
  new GradusError('RUN_FOLDER_UNWRITABLE', {
    what: `The run folder '${path}' cannot be written`,
    received: error instanceof Error ? error.message : String(error),
    expected: 'a place where files can be made, with space left',
    fix,
    cause: error,
  });

/** Writes beside the target, to the disk, then renames: a reader sees the old text or the new, never half of it. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
