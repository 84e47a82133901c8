/** Whether a run is being written, has ended, or was cut off: what its records say of its status and of the processes that write it. */
import type { RunStatus } from '../api/entities.js';
import { Warnings } from '../input/warnings.js';
import { START } from './layout.js';
import { SpoolReader } from './reader.js';
import type { SpoolRecord } from './records.js';
import { isAlive, type Writer } from './writer.js';

export class Life {
  status: RunStatus = 'RUNNING';
  /** Of each process that has written it since it ended last, in order; `undefined` where an earlier release did not say. */
  #writers: (Writer | undefined)[] = [];

  /** To be given every record in order. */
  read(record: SpoolRecord): void {
    if (record.type === 'run' || record.type === 'resume') {
      this.status = 'RUNNING';
      this.#writers.push(record.writer);
    } else if (record.type === 'update') {
      this.status = record.status ?? this.status;
      if (this.hasEnded) this.#writers = [];
    }
  }

  get hasEnded(): boolean {
    return this.status === 'FINISHED' || this.status === 'FAILED' || this.status === 'KILLED';
  }

  /** Nobody said how it ended, and nobody is left to say it. A process on another machine cannot be asked: it counts as alive. */
  get isCutOff(): boolean {
    return !this.hasEnded && this.#writers.at(-1) !== undefined && !this.#writers.some((writer) => writer !== undefined && isAlive(writer));
  }
}

export async function lifeOf(folder: string): Promise<Life> {
  const life = new Life();
  const reader = new SpoolReader(folder, START, new Warnings(() => {}));
  try {
    for (let item = await reader.peek(); item !== undefined; item = await reader.peek()) {
      reader.skip();
      life.read(item.record);
    }
  } finally {
    await reader.close();
  }
  return life;
}
