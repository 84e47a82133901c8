/**
 * What the spool has of a run already. Steps that happen again after a restart give the same values at other times of day: logging them
 * once more would make two points of one.
 */
import { recordsOf } from 'mlflow-js-client/node';
import { seriesOf } from './series.js';

export interface Written {
  /** How often the run went on after it was cut off. */
  readonly resumes: number;
  /** Points at each place of a series: see `placeOf`. Only those after the state that the run goes on from. */
  readonly points: Map<string, number>;
  /** The last step of the system's own metrics; -1 without any. */
  readonly lastSystemStep: number;
  readonly models: ReadonlySet<string>;
  /** Without those of what failed: what happens again takes their place. */
  readonly traces: ReadonlySet<string>;
}

/** The key of `Written.points`. */
export const placeOf = (series: string, step: number): string => `${series} ${step}`;

export const NOTHING_WRITTEN: Written = { resumes: 0, lastSystemStep: -1, points: new Map(), models: new Set(), traces: new Set() };

/**
 * Reads the records of a run, a piece at a time.
 *
 * @param folder That of the run in its spool.
 * @param after The last step of each series that does not happen again.
 * @returns `null` where no run has begun there.
 */
export async function readWritten(folder: string, after: Readonly<Record<string, number>>): Promise<Written | null> {
  const points = new Map<string, number>();
  const [models, traces] = [new Set<string>(), new Set<string>()];
  let [begun, resumes, lastSystemStep] = [false, 0, -1];
  for await (const record of recordsOf(folder)) {
    if (record.type === 'run') begun = true;
    else if (record.type === 'resume') resumes++;
    else if (record.type === 'model') models.add(record.name);
    else if (record.type === 'trace' && record.trace.spans[0]?.status !== 'ERROR') traces.add(record.trace.traceId);
    else if (record.type === 'metrics') {
      for (const { key, step } of record.metrics) {
        const series = seriesOf(key);
        if (series === 'system') lastSystemStep = Math.max(lastSystemStep, step);
        else if (step > after[series]) points.set(placeOf(series, step), (points.get(placeOf(series, step)) ?? 0) + 1);
      }
    }
  }
  return begun ? { resumes, points, lastSystemStep, models, traces } : null;
}
