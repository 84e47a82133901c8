/** The points of one metric: a line for each, `<unix milliseconds> <value> <step>`. */
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fromWireNumber, type Metric } from '../input/sanitizer.js';

/** Appends points. A line that a crash left without its end is taken away first: it counts as never written. */
export async function appendPoints(path: string, metrics: readonly Metric[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, 200));
    await file.read(tail, 0, tail.length, size - tail.length);
    if (size > 0 && tail.at(-1) !== 10) await file.truncate(size - tail.length + tail.lastIndexOf(10) + 1);
    await file.writeFile(metrics.map(({ timestamp, value, step }) => `${timestamp} ${value} ${step}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** All whole lines; none where there is no file. */
export async function* readPoints(path: string, key: string): AsyncGenerator<Metric> {
  let file;
  try {
    file = await open(path);
  } catch {
    return;
  }
  const { size } = await file.stat();
  const last = Buffer.alloc(1);
  if (size > 0) await file.read(last, 0, 1, size - 1);
  await file.close();
  if (size === 0) return;
  let before: string | undefined;
  // One line late, so that what has no end at the end of the file is left out.
  for await (const line of createInterface({ input: createReadStream(path, { end: size - 1 }), crlfDelay: Infinity })) {
    if (before !== undefined) yield toMetric(before, key);
    before = line;
  }
  if (before !== undefined && last[0] === 10) yield toMetric(before, key);
}

function toMetric(line: string, key: string): Metric {
  const [timestamp, value, step = '0'] = line.split(' ');
  return { key, value: fromWireNumber(value), timestamp: Number(timestamp), step: Number(step) };
}
