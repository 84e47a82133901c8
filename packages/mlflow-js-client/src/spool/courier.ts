/** Takes what runs write to where it is to be. */
import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import type { ClientOptions } from '../client.js';
import { messageOf } from '../errors.js';
import type { Backoff } from '../http/backoff.js';
import type { Warnings } from '../input/warnings.js';
import { Delivery } from './delivery.js';
import { openTarget } from './open-target.js';
import { Pump } from './pump.js';

/** Where to, and how. */
export interface Order {
  readonly uri: string;
  readonly client: Partial<ClientOptions>;
  /** Milliseconds that a write waits for others. */
  readonly interval: number;
  readonly backoff: Backoff;
}

/** Told of every failure. */
export type OnTrouble = (message: string, transient: boolean) => void;

/** One run at a courier. */
export interface Parcel {
  /** The run has more: points, or anything else, which counts as one. */
  written(points: number): void;
  /** The run has ended: when all of it has arrived, files and locks are let go until somebody writes again. */
  ended(): void;
}

/** Delivers runs in the background. What it did not deliver stays in the spool. */
export interface Courier {
  /** @param folder Of the run. */
  take(folder: string): Parcel;
  /** Delivers what is written so far. @returns Whether all of it has arrived within `timeout` milliseconds. */
  flush(timeout: number): Promise<boolean>;
  /** Calls off what is on its way, and lets go of all runs. */
  stop(): Promise<void>;
}

/** Runs at once on their way. */
const AT_ONCE = 4;

/** A courier in this thread. */
export class LocalCourier implements Courier {
  /** The URI, without credentials. */
  readonly uri: string;
  readonly #deliveryOf: (folder: string) => Delivery;
  readonly #order: Order;
  readonly #onTrouble: OnTrouble;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  readonly #abort = new AbortController();
  #pumps: Pump[] = [];

  /** @throws `INVALID_ARGUMENT` for a URI or an option that cannot be used. */
  constructor(order: Order, warnings: Warnings, onTrouble: OnTrouble) {
    this.#order = order;
    this.#onTrouble = onTrouble;
    // Every request on its way listens.
    setMaxListeners(0, this.#abort.signal);
    const client = { onWarning: (message: string) => warnings.once(message, message), ...order.client };
    const target = openTarget(order.uri, client, this.#abort.signal);
    this.uri = target.uri;
    this.#deliveryOf = (folder) => new Delivery(folder, target, warnings);
  }

  take(folder: string): Parcel {
    const pump = new Pump(this.#deliveryOf(folder), this.#queue, {
      ...this.#order,
      onTrouble: (error, transient) => this.#onTrouble(messageOf(error), transient),
    });
    this.#pumps.push(pump);
    return { written: (points) => pump.notify(points), ended: () => pump.end() };
  }

  async flush(timeout: number): Promise<boolean> {
    // Timers know no longer time.
    const signal = AbortSignal.timeout(Math.min(Math.ceil(timeout), 2 ** 31 - 1));
    const end = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    return (await Promise.all(this.#pumps.map((pump) => pump.flush(end)))).every(Boolean);
  }

  async stop(): Promise<void> {
    const pumps = this.#pumps;
    this.#pumps = [];
    for (const pump of pumps) pump.halt();
    this.#abort.abort(new DOMException('the tracker is closed', 'AbortError'));
    for (const pump of pumps) await pump.stop();
  }
}
