/**
 * Which of the points that are to be sent a target has already. Metrics are append-only: a server on a file store keeps a point that is
 * sent twice twice, and after a lost answer or a crash nobody knows what arrived. So the histories are read back and subtracted.
 *
 * Two points of the same key, step, time and value count as one, as they do in MLflow's own database.
 */
import type { Metric } from '../input/sanitizer.js';
import type { Warnings } from '../input/warnings.js';
import { isUpTo, type Position } from './layout.js';
import { SpoolReader } from './reader.js';
import type { RunTarget } from './target.js';

/** Points looked for in one reading of the histories: about 10 MB of memory. */
const WINDOW = 50_000;

export class Arrived {
  readonly #points: ReadonlySet<string>;
  readonly #from: Position;
  readonly #to: Position;

  private constructor(points: ReadonlySet<string>, from: Position, to: Position) {
    this.#points = points;
    this.#from = from;
    this.#to = to;
  }

  /** Looks for the points after a place, many at once: a whole history is read for each key. */
  static async look(folder: string, from: Position, target: RunTarget, warnings: Warnings): Promise<Arrived> {
    const wanted = new Map<string, Set<string>>();
    const reader = new SpoolReader(folder, from, warnings);
    let to: Position;
    try {
      let count = 0;
      for (let item = await reader.peek(); item !== undefined && count < WINDOW; item = await reader.peek()) {
        reader.skip();
        if (item.record.type !== 'metrics') continue;
        count += item.record.metrics.length;
        for (const metric of item.record.metrics) {
          let points = wanted.get(metric.key);
          if (points === undefined) wanted.set(metric.key, (points = new Set()));
          points.add(identity(metric));
        }
      }
      to = reader.position;
    } finally {
      await reader.close();
    }
    const found = new Set<string>();
    for (const [key, points] of wanted) {
      for await (const metric of target.history(key)) {
        const point = identity(metric);
        if (points.has(point)) found.add(point);
      }
    }
    return new Arrived(found, from, to);
  }

  /** Whether we looked for everything up to a place. */
  covers(end: Position): boolean {
    return isUpTo(this.#from, end) && isUpTo(end, this.#to);
  }

  has(metric: Metric): boolean {
    return this.#points.has(identity(metric));
  }
}

/** One text for equal points. A database keeps infinities as its largest numbers. */
const identity = ({ key, value, timestamp, step }: Metric): string =>
  `${step} ${timestamp} ${Math.abs(value) === Infinity ? Math.sign(value) * Number.MAX_VALUE : value} ${key}`;

/** The points without those that are in the list before. */
export function withoutRepeats(metrics: readonly Metric[]): Metric[] {
  const seen = new Set<string>();
  return metrics.filter((metric) => seen.size < seen.add(identity(metric)).size);
}
