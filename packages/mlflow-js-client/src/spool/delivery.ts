/**
 * Brings one run of a spool to one target, in order and exactly once.
 *
 * The steps of a segment go one after another, and after each the place is noted on the disk. So what may have arrived without anybody
 * knowing is the beginning of what comes after the noted place: one step, after a crash or a lost answer; more, where the note itself was
 * lost. While that is so (the segment is not certain), points are looked for before they are sent; the first step of which nothing arrived
 * ends it, because nothing after it can have been sent.
 */
import { resolve } from 'node:path';
import { isMlflowError, messageOf, MlflowError } from '../errors.js';
import type { Warnings } from '../input/warnings.js';
import { Arrived, withoutRepeats } from './arrived.js';
import type { Position } from './layout.js';
import { Lock } from './lock.js';
import { openNested, whileOpening } from './opening.js';
import { readProgress, writeProgress } from './progress.js';
import { readHeader, SpoolReader } from './reader.js';
import type { RunHeader } from './records.js';
import { nextStep, type Step } from './steps.js';
import type { Refusal, RunTarget, Target } from './target.js';

export interface Delivered {
  readonly runId: string;
  readonly experimentId: string;
  /** Points of metrics that were sent, without those that had arrived before. */
  readonly points: number;
  readonly artifacts: number;
  /** What the target refused, over all deliveries. */
  readonly refused: number;
}

export class Delivery {
  readonly #folder: string;
  readonly #target: Target;
  readonly #warnings: Warnings;
  readonly #lock: Lock;
  readonly #again: boolean;
  #run: RunTarget | undefined;
  #reader: SpoolReader | undefined;
  #position: Position | undefined;
  #step: Step | undefined;
  /** By segment, whether nothing can have arrived that was not noted. Those that are not named: as the run is new or not. */
  readonly #certain = new Map<number, boolean>();
  #arrived: Arrived | undefined;
  /** Steps that have arrived. */
  steps = 0;
  #points = 0;
  #artifacts = 0;
  #refused = 0;

  /** @param again Forget what was noted: the target has lost it. */
  constructor(folder: string, target: Target, warnings: Warnings, again = false) {
    this.#folder = folder;
    this.#target = target;
    this.#warnings = warnings;
    this.#again = again;
    this.#lock = new Lock(folder, target.uri);
  }

  /**
   * Sends what is written and was not sent. May be called again, after more was written or an error was thrown.
   *
   * @throws What the target throws; `RESOURCE_CONFLICT` where another process delivers this run.
   */
  async deliver(): Promise<Delivered> {
    // Whoever had the lock meanwhile has gone on from the noted place, and so do we.
    if (this.#run !== undefined && !this.#lock.isHeld) await this.#forget();
    const run = (this.#run ??= await this.#open());
    for (;;) {
      this.#step ??= await nextStep(this.#reader!);
      if (this.#step === undefined) break;
      if (!this.#lock.isHeld) throw this.#conflict('another process took over');
      try {
        await this.#send(run, this.#step);
      } catch (error) {
        if (this.#step.type === 'batch' && (!isMlflowError(error) || error.uncertain)) {
          this.#certain.set(this.#step.segment, false);
          this.#arrived = undefined;
        }
        throw error;
      }
      await this.#note(run, this.#step.end);
      this.#step = undefined;
      this.steps++;
    }
    return { runId: run.runId, experimentId: run.experimentId, points: this.#points, artifacts: this.#artifacts, refused: this.#refused };
  }

  async close(): Promise<void> {
    await this.#forget();
    this.#lock.release();
  }

  async #forget(): Promise<void> {
    await this.#reader?.close();
    this.#run = this.#reader = this.#step = this.#arrived = undefined;
  }

  async #open(): Promise<RunTarget> {
    const holder = this.#lock.isHeld ? undefined : this.#lock.take();
    if (holder !== undefined) throw this.#conflict(holder);
    const start = await readHeader(this.#folder, this.#warnings);
    if (start === undefined) {
      throw new MlflowError('SPOOL_UNUSABLE', {
        what: `'${this.#folder}' does not say how its run begins`,
        received: 'no whole first line',
      });
    }
    return whileOpening(this.#folder, this.#target.uri, () => this.#openAt(start));
  }

  async #openAt(start: { readonly header: RunHeader; readonly end: Position }): Promise<RunTarget> {
    const known = this.#again ? undefined : await readProgress(this.#folder, this.#target.uri);
    this.#refused = known?.refused ?? 0;
    const refuse: Refusal = (what, why, kind = what.replace(/ of step .*/, '')) => {
      this.#refused++;
      this.#warnings.once(`refused ${this.#folder} ${kind}`, `${what} of run '${start.header.key}' was left out: ${why}`);
    };
    const run =
      known === undefined
        ? await openNested(this.#folder, start.header, this.#target, refuse, this.#warnings)
        : await this.#target.open(start.header, known, refuse).catch((error: unknown) => {
            throw isMlflowError(error, 'RESOURCE_DOES_NOT_EXIST') ? this.#lost(known.runId, error) : error;
          });
    this.#certain.clear();
    this.#position = known?.position ?? start.end;
    this.#reader = new SpoolReader(this.#folder, this.#position, this.#warnings);
    // The id is worth noting at once: with it nobody need search.
    await this.#note(run, this.#position);
    return run;
  }

  async #send(run: RunTarget, step: Step): Promise<void> {
    if (step.type === 'single') return this.#sendSingle(run, step.record);
    if (step.params.length > 0) await run.logParams(step.params);
    if (step.tags.length > 0) await run.setTags(step.tags);
    if (step.metrics.length === 0) return;
    let metrics = withoutRepeats(step.metrics);
    if (!(this.#certain.get(step.segment) ?? run.isNew)) {
      if (this.#arrived?.covers(step.end) !== true) this.#arrived = await Arrived.look(this.#folder, this.#position!, run, this.#warnings);
      const { length } = metrics;
      metrics = metrics.filter((metric) => !this.#arrived!.has(metric));
      if (metrics.length === length) {
        this.#certain.set(step.segment, true);
        this.#arrived = undefined;
      }
    }
    if (metrics.length > 0) await run.logMetrics(metrics);
    this.#points += metrics.length;
  }

  async #sendSingle(run: RunTarget, record: Extract<Step, { type: 'single' }>['record']): Promise<void> {
    switch (record.type) {
      case 'run':
        return;
      case 'resume':
        return run.update({ status: 'RUNNING' });
      case 'update':
        return run.update({ status: record.status, endTime: record.endTime, runName: record.runName });
      case 'deleteTag':
        return run.deleteTag(record.key);
      case 'inputs':
        return run.logInputs(record);
      case 'outputs':
        return run.logOutputs(record);
      case 'trace':
        return run.logTrace(record.trace);
      case 'model':
        return run.logModel(record, this.#folder);
      case 'artifact':
        await run.logArtifact(record.path, resolve(this.#folder, record.file));
        this.#artifacts++;
    }
  }

  async #note(run: RunTarget, position: Position): Promise<void> {
    const { runId, experimentId } = run;
    this.#position = position;
    try {
      await writeProgress(this.#folder, { target: this.#target.uri, runId, experimentId, position, refused: this.#refused });
    } catch (error) {
      // We know it; who comes after us has to look what arrived.
      this.#warnings.once(`note ${this.#folder}`, `how far '${this.#folder}' was delivered cannot be noted: ${messageOf(error)}`);
    }
  }

  #lost(runId: string, { message }: Error): MlflowError {
    return new MlflowError('RESOURCE_DOES_NOT_EXIST', {
      what: `${this.#target.uri} has the run ${runId} no more`,
      received: message,
      fix: 'To send all of it anew: mlflow-spool sync --again.',
    });
  }

  #conflict(holder: string): MlflowError {
    return new MlflowError('RESOURCE_CONFLICT', {
      what: `The run in '${this.#folder}' is being delivered`,
      received: holder,
      fix: 'Wait until that is done.',
    });
  }
}
