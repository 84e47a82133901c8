/**
 * A training that may be killed at any moment and started again: it goes on where the spool ends.
 * Arguments: spool, URI, key of the run, number of points, milliseconds to wait after each hundred.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTracker, recordsOf } from '../../src/node.js';

const [directory, uri, key, total, pause] = process.argv.slice(2);
const tracker = openTracker({ directory, uri, interval: 5, backoff: { first: 5, limit: 100, jitter: 0 }, onWarning: () => {} });

// A process that was killed before its first line was whole has begun nothing.
let begun = false;
let next = 0;
for await (const record of recordsOf(join(directory, key))) {
  begun = true;
  if (record.type === 'metrics') next = record.metrics.at(-1)!.step + 1;
}
const run = begun ? tracker.resumeRun(key) : tracker.startRun({ key, experimentName: 'chaos', params: { total } });
for (let step = next; step < Number(total); step++) {
  run.logMetric('loss', Math.sin(step), { step });
  if (step % 100 === 99) await sleep(Number(pause));
}
run.end();
await tracker.close({ timeout: 60_000 });
