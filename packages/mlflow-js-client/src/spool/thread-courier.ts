/**
 * A courier in a thread of its own, so that reading back, converting and sending cost the program's thread nothing, and go on while that
 * is busy. Where there is no such thread, or no more, the work goes to a courier in this one: the spool has everything.
 */
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../errors.js';
import type { Warnings } from '../input/warnings.js';
import type { Courier, OnTrouble, Order, Parcel } from './courier.js';
import { isFetchUntouched } from './crossing.js';
import { releaseLocksOf } from './lock.js';
import { Tally, type FromThread, type ToThread } from './thread-messages.js';

type Question = { readonly type: 'flush'; readonly timeout: number } | { readonly type: 'stop' };

/** A run that was given to the thread, and to the courier in its place. */
interface Given {
  readonly folder: string;
  readonly tally: Tally;
  ended: boolean;
  instead?: Parcel;
}

export class ThreadCourier implements Courier {
  readonly #order: Order;
  readonly #warnings: Warnings;
  readonly #onTrouble: OnTrouble;
  readonly #local: Courier;
  /** As it was when the order was given: it has credentials. */
  readonly #env = { ...process.env };
  #worker: Worker | undefined;
  /** There can be no thread, or is none any more. */
  #isOver = false;
  #isReady = false;
  #isStopping = false;
  #runs: Given[] = [];
  readonly #asked = new Map<number, (value: boolean | undefined) => void>();
  #questions = 0;

  /**
   * @param order Only values that can be copied: see `isPlain`.
   * @param local Takes over where there is no thread.
   */
  constructor(order: Order, local: Courier, warnings: Warnings, onTrouble: OnTrouble) {
    this.#order = order;
    this.#local = local;
    this.#warnings = warnings;
    this.#onTrouble = onTrouble;
  }

  take(folder: string): Parcel {
    const run: Given = { folder, tally: new Tally(), ended: false };
    const number = this.#runs.push(run) - 1;
    if (!this.#isOver) this.#worker ??= this.#start();
    if (!this.#isOver) this.#post({ type: 'take', run: number, folder, tally: run.tally.buffer });
    else this.#handOver(run);
    return {
      written: (points) => {
        if (run.instead !== undefined) run.instead.written(points);
        else if (run.tally.add(points)) this.#post({ type: 'written', run: number });
      },
      ended: () => {
        run.ended = true;
        if (run.instead !== undefined) run.instead.ended();
        else this.#post({ type: 'ended', run: number });
      },
    };
  }

  async flush(timeout: number): Promise<boolean> {
    const end = performance.now() + timeout;
    return (await this.#ask({ type: 'flush', timeout })) ?? this.#local.flush(Math.max(0, end - performance.now()));
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#ask({ type: 'stop' });
    await this.#worker?.terminate();
    this.#isOver = true;
    await this.#local.stop();
    this.#runs = [];
  }

  #start(): Worker | undefined {
    if (!isFetchUntouched()) {
      this.#isOver = true;
      return undefined;
    }
    try {
      const worker = new Worker(new URL('./delivery-thread.js', import.meta.url), {
        name: 'mlflow-js-client',
        workerData: this.#order,
        env: this.#env,
      });
      const { threadId } = worker;
      let why = 'it ended by itself';
      worker.on('message', (message: FromThread) => this.#hear(message));
      worker.on('error', (error) => (why = messageOf(error)));
      worker.on('exit', () => this.#lost(threadId, why));
      // A program that has nothing else to do may end.
      worker.unref();
      return worker;
    } catch {
      this.#isOver = true;
      return undefined;
    }
  }

  #hear(message: FromThread): void {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        return;
      case 'warning':
        return this.#warnings.once(message.key, message.message);
      case 'trouble':
        return this.#onTrouble(message.message, message.transient);
      case 'answer':
        return this.#answer(message.ask, message.value);
    }
  }

  #post(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  /** @returns The answer; `undefined` where no thread gives one. */
  #ask(question: Question): Promise<boolean | undefined> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.resolve(undefined);
    const ask = ++this.#questions;
    return new Promise((resolve) => {
      this.#asked.set(ask, resolve);
      // Somebody waits.
      worker.ref();
      this.#post({ ...question, ask });
    });
  }

  #answer(ask: number, value: boolean | undefined): void {
    const resolve = this.#asked.get(ask);
    this.#asked.delete(ask);
    if (this.#asked.size === 0) this.#worker?.unref();
    resolve?.(value);
  }

  /** The thread is gone. */
  #lost(thread: number, why: string): void {
    this.#isOver = true;
    this.#worker = undefined;
    if (this.#runs.length > 0) releaseLocksOf(thread, dirname(this.#runs[0].folder));
    if (!this.#isStopping) {
      // One that never ran is no news: what it was to do is done here, as it would be without threads.
      if (this.#isReady) {
        this.#warnings.once('thread', `the thread that delivers runs has ended (${why}); the program's own does its work from now on`);
      }
      for (const run of this.#runs) this.#handOver(run);
    }
    for (const ask of [...this.#asked.keys()]) this.#answer(ask, undefined);
  }

  /** Nobody knows how much of it has arrived: the local courier finds out. */
  #handOver(run: Given): void {
    run.instead = this.#local.take(run.folder);
    run.instead.written(1);
    if (run.ended) run.instead.ended();
  }
}
