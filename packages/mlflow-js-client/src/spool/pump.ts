/** Delivers a run while it is written: in the background, in large pieces, with patience. */
import type PQueue from 'p-queue';
import { waitBefore, type Backoff } from '../http/backoff.js';
import { MAX_METRICS } from '../input/limits.js';
import type { Delivery } from './delivery.js';
import { isTransient } from './refusals.js';
import { isMlflowError } from '../errors.js';

export interface PumpOptions {
  /** Milliseconds that a write waits for others. */
  readonly interval: number;
  readonly backoff: Backoff;
  /** Told of every failure. */
  onTrouble(error: unknown, transient: boolean): void;
}

export class Pump {
  readonly #delivery: Delivery;
  readonly #queue: PQueue;
  readonly #options: PumpOptions;
  /** Points written, and written when the last delivery that succeeded began. */
  #written = 0;
  #delivered = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #ended = false;

  constructor(delivery: Delivery, queue: PQueue, options: PumpOptions) {
    this.#delivery = delivery;
    this.#queue = queue;
    this.#options = options;
  }

  /** Something was written. */
  notify(points: number): void {
    this.#written += points;
    // After a failure the time of the next attempt is set; writing more does not bring it nearer.
    if (this.#failures > 0) return;
    if (this.#written - this.#delivered >= MAX_METRICS) void this.#start();
    else this.#schedule(this.#options.interval);
  }

  /** The run has ended: when all of it has arrived, files and lock are let go until somebody writes again. */
  end(): void {
    this.#ended = true;
  }

  get isDone(): boolean {
    return this.#delivered === this.#written;
  }

  /** Delivers what is written, trying again until `end`. @returns Whether all of it has arrived. */
  async flush(end: Promise<void>): Promise<boolean> {
    let ended = false;
    void end.then(() => (ended = true));
    while (!this.isDone && !ended && !this.#stopped) {
      await Promise.race([this.#start(), end]);
      if (this.#failures === 0) continue;
      await Promise.race([pause(Math.min(1000, waitBefore(this.#failures, this.#options.backoff))), end]);
    }
    return this.isDone;
  }

  /** Ends at once; {@link stop} waits for that. */
  halt(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Lets go of the run. What was not delivered stays in the spool. */
  async stop(): Promise<void> {
    this.halt();
    await this.#running;
    await this.#delivery.close();
  }

  #schedule(wait: number): void {
    if (this.#timer !== undefined || this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#start();
    }, wait);
    // A program that has nothing else to do may end.
    this.#timer = timer.unref();
  }

  #start(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#running ??= this.#queue.add(() => this.#deliver()).finally(() => (this.#running = undefined)) as Promise<void>;
    return this.#running;
  }

  async #deliver(): Promise<void> {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const written = this.#written;
    try {
      await this.#delivery.deliver();
      this.#delivered = written;
      this.#failures = 0;
      if (this.isDone && this.#ended) await this.#delivery.close();
      if (!this.isDone) this.#schedule(this.#written - written >= MAX_METRICS ? 0 : this.#options.interval);
    } catch (error) {
      if (this.#stopped) return;
      this.#failures++;
      const transient = isTransient(error) || isMlflowError(error, 'RESOURCE_CONFLICT');
      this.#options.onTrouble(error, transient);
      // What is not transient may still be mended by people, who take longer.
      this.#schedule(transient ? waitBefore(this.#failures, this.#options.backoff) : 5 * 60_000);
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
