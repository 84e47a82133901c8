/** A run of MLflow as a training writes it: nothing here throws, no point is written twice, and what fails is counted. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MetricInput, RunStatus } from 'mlflow-js-client';
import { openTracker, type SpooledRun, type Tracker, type TrackerOptions } from 'mlflow-js-client/node';
import type { Series } from './series.js';
import { NOTHING_WRITTEN, placeOf, readWritten, type Written } from './written.js';

export interface RunStart {
  /** Names the run in the spool, and on the server. */
  readonly key: string;
  readonly experimentName?: string;
  readonly experimentId?: string;
  /** A run that the server has: it is continued. */
  readonly runId?: string;
  readonly runName: string;
  readonly userId: string;
  /** The run of the spool that it is nested in. */
  readonly parent?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Points that are written together, and milliseconds that they may wait for others. */
const POINTS = 250;
const WAIT_MS = 100;

export class TrackedRun {
  readonly key: string;
  readonly #tracker: Tracker;
  readonly #run: SpooledRun;
  readonly #written: Written;
  readonly #say: (message: string) => void;
  #waiting: MetricInput[] = [];
  #lastWrite = 0;
  #failures = 0;
  #firstFailure = '';
  #status: RunStatus | null = null;

  private constructor(tracker: Tracker, run: SpooledRun, written: Written, say: (message: string) => void) {
    this.key = run.key;
    this.#tracker = tracker;
    this.#run = run;
    this.#written = written;
    this.#say = say;
    process.on('exit', this.#onExit);
  }

  /**
   * Begins a run, or goes on with the one of this key.
   *
   * @param after The last step of each series that does not happen again.
   * @throws `INVALID_ARGUMENT`, `SPOOL_UNUSABLE` of the client.
   */
  static async open(
    options: TrackerOptions,
    { key, ...start }: RunStart,
    after: Readonly<Record<string, number>>,
    say: (message: string) => void,
  ): Promise<TrackedRun> {
    const tracker = openTracker({ ...options, onWarning: say });
    const written = await readWritten(join(tracker.directory, key), after);
    const run = written === null ? tracker.startRun({ key, ...start }) : tracker.resumeRun(key);
    return new TrackedRun(tracker, run, written === null ? NOTHING_WRITTEN : { ...written, resumes: written.resumes + 1 }, say);
  }

  /** The run as the spool has it. */
  get spooled(): SpooledRun {
    return this.#run;
  }

  /** What the spool had of the run when it was opened. */
  get written(): Written {
    return this.#written;
  }

  /** Where the spool is, and the server. */
  get directory(): string {
    return this.#tracker.directory;
  }

  /** Points of one step of a series. Those that the spool has are left out. Written in a moment: see `flush`. */
  log(series: Series, step: number, values: Readonly<Record<string, number>>): void {
    const timestamp = Date.now();
    const place = placeOf(series, step);
    let had = this.#written.points.get(place) ?? 0;
    if (had > 0) this.#written.points.delete(place);
    for (const key in values) {
      if (had > 0) had--;
      else this.#waiting.push({ key, value: values[key], timestamp, step });
    }
    if (this.#waiting.length >= POINTS || timestamp - this.#lastWrite >= WAIT_MS) this.flush();
  }

  /** Gives all points to the spool. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const points = this.#waiting;
    this.#waiting = [];
    this.#lastWrite = Date.now();
    this.#run.log(points);
  }

  /** As {@link flush}, and past a loss of power: waits for the disk. */
  sync(): void {
    this.flush();
    this.#run.sync();
  }

  /** Does something for the page of the run; what it throws is counted. */
  async attempt(what: string, work: (run: SpooledRun) => void | Promise<void>): Promise<void> {
    try {
      await work(this.#run);
    } catch (error) {
      this.failed(what, error);
    }
  }

  failed(what: string, error: unknown): void {
    this.#failures++;
    this.#firstFailure ||= `${what}: ${error instanceof Error ? error.message : String(error)}`;
  }

  /** A folder for files on their way into the spool. */
  async withFolder(work: (folder: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'gradus-mlflow-'));
    try {
      await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Says how the run ended, waits `timeout` milliseconds at most until the server has everything, and lets go. */
  async end(status: RunStatus, timeout: number): Promise<void> {
    process.off('exit', this.#onExit);
    this.flush();
    this.#end(status);
    if (this.#failures > 0) {
      const all = this.#failures === 1 ? 'one thing was' : `${this.#failures} things were`;
      this.#say(`${all} not tracked; first ${this.#firstFailure}`);
    }
    try {
      await this.#tracker.close({ timeout });
    } catch (error) {
      this.#say(`the spool cannot be closed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #end(status: RunStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#run.end(status);
  }

  /** `process.exit()` in the middle of a run: nothing can be awaited any more, but the spool takes lines at once. */
  readonly #onExit = (code: number): void => {
    this.flush();
    this.#end(code === 0 || code >= 128 ? 'KILLED' : 'FAILED');
  };
}
