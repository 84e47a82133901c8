/** The door to all of it: runs that are written to a spool, and from there to a server or a tree of files. */
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ClientOptions } from '../client.js';
import { messageOf, MlflowError } from '../errors.js';
import { takeRunId } from '../node/environment.js';
import { localPath } from '../node/local-store.js';
import type { Backoff } from '../http/backoff.js';
import { Sanitizer, type Values } from '../input/sanitizer.js';
import { textOf } from '../input/text.js';
import { Warnings } from '../input/warnings.js';
import { LocalCourier, type Courier, type Order, type Parcel } from './courier.js';
import { isPlain } from './crossing.js';
import { Journal, type Fsync } from './journal.js';
import { isKey, newKey } from './layout.js';
import { headerOf } from './reader.js';
import { FORMAT, type RunHeader } from './records.js';
import { SpooledRun } from './run.js';
import { ThreadCourier } from './thread-courier.js';
import { ownWriter } from './writer.js';

export interface TrackerOptions {
  /** Where the spool is. Default: `mlflow-spool` in the working directory. */
  readonly directory?: string;
  /**
   * Where runs are delivered to while they are written: `http(s)://…`, or a path or `file:` URI for a tree `mlruns`. Default:
   * `MLFLOW_TRACKING_URI`. With neither, runs stay in the spool; `mlflow-spool sync` delivers them later.
   */
  readonly uri?: string;
  /** More options of the client, which win over the environment. */
  readonly client?: Partial<ClientOptions>;
  /** Default: `interval`. */
  readonly fsync?: Fsync;
  /** Milliseconds that a write waits for others before it is sent. Default: 2000; a thousand points do not wait. */
  readonly interval?: number;
  /** Between attempts while the server is away. Default: 1 s, doubling to a minute. */
  readonly backoff?: Backoff;
  /**
   * Deliver in a thread of its own, so that it costs the program's next to nothing. Default: `true`. Without one where none can be started,
   * where `client` has functions, and where `fetch` was replaced or given a dispatcher before the first run.
   */
  readonly thread?: boolean;
  /** Told, once for each thing, what people should know. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void;
}

export interface NewSpooledRun {
  /** Default: `MLFLOW_EXPERIMENT_NAME`, else `Default`. */
  readonly experimentName?: string;
  /** In place of a name. */
  readonly experimentId?: string;
  /**
   * Go on with a run that the server has: its id there. Default: `MLFLOW_RUN_ID` for the first run of the process, as in MLflow's Python
   * client; later ones are new.
   */
  readonly runId?: string;
  readonly runName?: string;
  readonly startTime?: number | Date;
  readonly tags?: Values;
  readonly params?: Values;
  readonly userId?: string;
  /** The run that this one is a part of: one of this spool, or its key. Its experiment is the default one. */
  readonly parent?: SpooledRun | string;
  /** Names the run in the spool: letters, digits, `_` and `-`. Default: the time and random digits. */
  readonly key?: string;
}

interface OpenRun {
  readonly run: SpooledRun;
  readonly journal: Journal;
  readonly parcel: Parcel | undefined;
}

export class Tracker {
  readonly directory: string;
  /** The URI, without credentials; `undefined` where runs stay in the spool. */
  readonly uri: string | undefined;
  readonly #options: TrackerOptions;
  readonly #warnings: Warnings;
  /** `undefined` where runs stay in the spool. */
  readonly #courier: Courier | undefined;
  readonly #runs: OpenRun[] = [];

  constructor(options: TrackerOptions = {}) {
    this.#options = options;
    this.#warnings = new Warnings(options.onWarning);
    this.directory = resolve(options.directory ?? 'mlflow-spool');
    const uri = options.uri ?? process.env.MLFLOW_TRACKING_URI;
    if (uri !== undefined && uri !== '') ({ courier: this.#courier, uri: this.uri } = this.#courierTo(uri));
    try {
      mkdirSync(this.directory, { recursive: true });
    } catch (error) {
      throw new MlflowError('SPOOL_UNUSABLE', {
        what: `The spool '${this.directory}' cannot be made`,
        received: messageOf(error),
        fix: 'Choose another place with { directory }.',
      });
    }
    const path = this.uri === undefined ? undefined : localPath(this.uri);
    if (path !== undefined) {
      const command = `MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri ${quoted(path)}`;
      this.#warnings.once('files', `runs are written to '${path}'; see them with: ${command}`);
    }
    if (this.#courier === undefined) {
      this.#warnings.once(
        'no server',
        `no server is named, so runs are kept in '${this.directory}'; see them with: npx mlflow-spool show ${quoted(this.directory)}`,
      );
    }
  }

  /**
   * Begins a run. Never throws for what a server or a disk does.
   *
   * @throws `INVALID_ARGUMENT` for a key that is taken or none, and for a `parent` that is not in this spool.
   */
  startRun({
    experimentName,
    experimentId,
    runId: given,
    runName,
    startTime = Date.now(),
    tags = {},
    params,
    userId,
    parent,
    key = newKey(),
  }: NewSpooledRun = {}): SpooledRun {
    if (!isKey(key))
      throw new MlflowError('INVALID_ARGUMENT', {
        what: 'A run needs another key',
        received: `'${key}'`,
        expected: 'letters, digits, _ and -',
      });
    if (headerOf(join(this.directory, key)) !== undefined) {
      throw new MlflowError('INVALID_ARGUMENT', {
        what: `The spool has a run '${key}'`,
        received: 'startRun',
        fix: `Go on with it: resumeRun('${key}').`,
      });
    }
    const above = parent === undefined ? undefined : this.#parent(parent);
    const runId = given ?? takeRunId();
    const { run, journal, parcel } = this.#open(key);
    journal.append({
      type: 'run',
      format: FORMAT,
      key,
      ...(experimentId !== undefined
        ? { experimentId }
        : experimentName === undefined && above?.experimentId !== undefined
          ? { experimentId: above.experimentId }
          : { experimentName: textOf(experimentName ?? above?.experimentName ?? process.env.MLFLOW_EXPERIMENT_NAME ?? 'Default') }),
      ...(runId !== undefined && { runId }),
      ...(runName !== undefined && { runName: textOf(runName) }),
      startTime: Math.round(Number(startTime)) || Date.now(),
      tags: new Sanitizer(this.#warnings).tags(tags),
      ...(userId !== undefined && { userId: textOf(userId) }),
      ...(above !== undefined && { parent: above.key }),
      writer: ownWriter(),
    });
    // It may have ended, where it is.
    if (runId !== undefined) journal.append({ type: 'update', status: 'RUNNING' });
    parcel?.written(1);
    if (params !== undefined) run.logParams(params);
    return run;
  }

  /** Goes on with a run of the spool that another process began, or this one ended. @throws `INVALID_ARGUMENT` where there is none. */
  resumeRun(key: string): SpooledRun {
    const header = isKey(key) ? headerOf(join(this.directory, key)) : undefined;
    if (header === undefined) {
      throw new MlflowError('INVALID_ARGUMENT', {
        what: `The spool '${this.directory}' has no run '${key}'`,
        received: 'resumeRun',
        fix: 'Begin one: startRun().',
      });
    }
    // The program that began it took it from there.
    if (header.runId !== undefined && header.runId === process.env.MLFLOW_RUN_ID) takeRunId();
    const { run, journal, parcel } = this.#open(key);
    journal.append({ type: 'resume', time: Date.now(), writer: ownWriter() });
    parcel?.written(1);
    return run;
  }

  /** Delivers what is written so far. @returns Whether all of it has arrived within `timeout` milliseconds; `false` without a server. */
  async flush({ timeout = 30_000 }: { readonly timeout?: number } = {}): Promise<boolean> {
    for (const { run } of this.#runs) await run.settled();
    return (await this.#courier?.flush(timeout)) ?? false;
  }

  /** Delivers what can be delivered within `timeout` milliseconds (default: 30 000), then lets go. What is left stays in the spool. */
  async close(options: { readonly timeout?: number } = {}): Promise<boolean> {
    const done = await this.flush(options);
    await this.#courier?.stop();
    for (const { journal } of this.#runs) journal.close();
    this.#runs.length = 0;
    if (!done && this.#courier !== undefined) {
      this.#warnings.once('left', `not everything has arrived at ${this.uri}; send the rest later with: ${this.#syncCommand}`);
    }
    return done;
  }

  #open(key: string): OpenRun {
    const folder = join(this.directory, key);
    const journal = new Journal(folder, this.#options.fsync ?? 'interval', this.#warnings);
    const parcel = this.#courier?.take(folder);
    const told = { written: (points: number): void => parcel?.written(points), ended: (): void => parcel?.ended() };
    const run = new SpooledRun(key, folder, journal, this.#warnings, told);
    this.#runs.push({ run, journal, parcel });
    return { run, journal, parcel };
  }

  /** What is known of a parent. A run of ours may have begun although a disk that fails has nothing of it yet. */
  #parent(parent: SpooledRun | string): Pick<RunHeader, 'key' | 'experimentId' | 'experimentName'> {
    const { key, folder } = typeof parent === 'string' ? { key: parent, folder: join(this.directory, parent) } : parent;
    const ours = isKey(key) && dirname(folder) === this.directory;
    const header = ours ? headerOf(folder) : undefined;
    if (header !== undefined) return header;
    if (ours && this.#runs.some(({ run }) => run.key === key)) return { key };
    throw new MlflowError('INVALID_ARGUMENT', {
      what: 'The parent of a run must be in the same spool',
      received: typeof parent === 'string' ? `'${parent}'` : `a run in '${folder}'`,
      expected: `a run in '${this.directory}', or its key`,
    });
  }

  #courierTo(uri: string): { courier: Courier; uri: string } {
    const { client = {}, interval = 2000, backoff = {}, thread = true } = this.#options;
    const onTrouble = (message: string, transient: boolean): void => this.#trouble(message, transient);
    // A relative path means what it means now.
    const order: Order = { uri: localPath(uri) ?? uri, client, interval, backoff };
    const local = new LocalCourier(order, this.#warnings, onTrouble);
    const courier = thread && isPlain(order) ? new ThreadCourier(order, local, this.#warnings, onTrouble) : local;
    return { courier, uri: local.uri };
  }

  #trouble(message: string, transient: boolean): void {
    const then = transient ? 'it is tried again and again' : 'it is tried again now and then';
    this.#warnings.once(
      'trouble',
      `runs are not delivered at the moment (${message}). Nothing waits for that: everything is kept in '${this.directory}' and ${then}. Later: ${this.#syncCommand}`,
    );
  }

  get #syncCommand(): string {
    return `npx mlflow-spool sync ${quoted(this.directory)} --to ${quoted(this.uri ?? 'URI')}`;
  }
}

/** A word of a command line. */
const quoted = (word: string): string => (/^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/**
 * Opens a spool for writing; see {@link TrackerOptions}.
 *
 * @throws `SPOOL_UNUSABLE` where it cannot be made, `INVALID_ARGUMENT` for a URI that is neither a server nor a folder: nothing has been
 * trained yet.
 * @example
 * const tracker = openTracker({ uri: 'http://localhost:5000' });
 * const run = tracker.startRun({ experimentName: 'demo', params: { lr: 0.1 } });
 * run.logMetrics({ loss: 0.5 }, { step: 1 });
 * run.end();
 * await tracker.close();
 */
export const openTracker = (options: TrackerOptions = {}): Tracker => new Tracker(options);
