/** What runs in the thread that delivers: a courier, and its words as messages. The counterpart of `ThreadCourier`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Warnings } from '../input/warnings.js';
import { LocalCourier, type Order, type Parcel } from './courier.js';
import { Tally, type FromThread, type ToThread } from './thread-messages.js';

/** Milliseconds between two looks at what a run writes. */
const PAUSE = 25;

const port = parentPort!;
const post = (message: FromThread): void => port.postMessage(message);

const courier = new LocalCourier(
  workerData as Order,
  new Warnings((message, key) => post({ type: 'warning', key, message })),
  (message, transient) => post({ type: 'trouble', message, transient }),
);

/** A run, and how much of it was written elsewhere. */
class Taken {
  readonly #parcel: Parcel;
  readonly #tally: Tally;
  #waiting = false;

  constructor(folder: string, tally: SharedArrayBuffer) {
    this.#parcel = courier.take(folder);
    this.#tally = new Tally(tally);
  }

  /** Looks now, and once more in a moment: until then nobody need tell us. */
  written(): void {
    this.look();
    if (this.#waiting) return;
    this.#waiting = true;
    setTimeout(() => {
      this.#waiting = false;
      this.#tally.rest();
      this.look();
    }, PAUSE);
  }

  ended(): void {
    this.look();
    this.#parcel.ended();
  }

  look(): void {
    const points = this.#tally.take();
    if (points > 0) this.#parcel.written(points);
  }
}

const runs: Taken[] = [];

async function obey(message: ToThread): Promise<void> {
  switch (message.type) {
    case 'take':
      runs[message.run] = new Taken(message.folder, message.tally);
      return;
    case 'written':
    case 'ended':
      runs[message.run][message.type]();
      return;
    case 'flush':
      for (const run of runs) run.look();
      post({ type: 'answer', ask: message.ask, value: await courier.flush(message.timeout) });
      return;
    case 'stop':
      await courier.stop();
      post({ type: 'answer', ask: message.ask, value: true });
  }
}

// An error in here is nobody's to handle: it ends the thread, which the other side notices.
port.on('message', (message: ToThread) => void obey(message));
post({ type: 'ready' });
