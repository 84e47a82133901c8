/**
 * A training that may be killed at any moment and started again: it goes on where the spool ends.
 * Arguments: spool, URI, key of the run, number of points.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTracker } from '../../src/node.js';
import { START } from '../../src/spool/layout.js';
import { readHeader, SpoolReader } from '../../src/spool/reader.js';
import { Warnings } from '../../src/input/warnings.js';

const [directory, uri, key, total] = process.argv.slice(2);
const silent = new Warnings(() => {});
const tracker = openTracker({ directory, uri, interval: 5, backoff: { first: 5, limit: 100, jitter: 0 }, onWarning: () => {} });

/** The first step that the spool does not have. */
async function nextStep(): Promise<number> {
  const reader = new SpoolReader(join(directory, key), START, silent);
  let next = 0;
  for (let item = await reader.peek(); item !== undefined; item = await reader.peek()) {
    if (item.record.type === 'metrics') next = item.record.metrics.at(-1)!.step + 1;
    reader.skip();
  }
  await reader.close();
  return next;
}

const folder = join(directory, key);
// A process that was killed before its first line was whole has begun nothing.
const begun = existsSync(folder) && (await readHeader(folder, silent)) !== undefined;
const from = await nextStep();
const run = begun ? tracker.resumeRun(key) : tracker.startRun({ key, experimentName: 'chaos', params: { total } });
for (let step = from; step < Number(total); step++) {
  run.logMetric('loss', Math.sin(step), { step });
  if (step % 100 === 99) await sleep(1);
}
run.end();
await tracker.close({ timeout: 60_000 });
