/** Opens a run where the options of a monitor say: a failure of tracking is told, a mistake in the options thrown. */
import { randomUUID } from 'node:crypto';
import { GradusError } from '@gradus/graph';
import { isMlflowError } from 'mlflow-js-client';
import type { MonitorOptions } from './monitor-options.js';
import { userName } from './origin.js';
import { TrackedRun } from './tracked-run.js';

/** What a run is, where the options do not say it. */
export interface OwnRun {
  /** Names the run in the spool: that of this key goes on. */
  readonly key: string;
  readonly experimentName: string;
  readonly runName: string;
  /** The last step of each series that does not happen again. */
  readonly after: Readonly<Record<string, number>>;
}

/**
 * @returns `null` where it cannot be tracked.
 * @throws `INVALID_ARGUMENT`
 */
export async function openRun(options: MonitorOptions, own: OwnRun): Promise<TrackedRun | null> {
  const { trackingUri: uri, directory, client, runId, parent, parentRunId, name = 'monitor' } = options;
  const start = {
    key: own.key,
    ...experimentOf(options, own.experimentName),
    ...(runId !== undefined && { runId }),
    runName: options.runName ?? own.runName,
    userId: userName(),
    ...(parent !== undefined && { parent }),
    ...(parentRunId !== undefined && { tags: { 'mlflow.parentRunId': parentRunId } }),
  };
  try {
    return await TrackedRun.open({ uri, directory, client }, start, own.after, sayOf(options));
  } catch (error) {
    if (!isMlflowError(error, 'INVALID_ARGUMENT')) {
      sayOf(options)(`this run is not tracked: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
    // A mistake in the configuration: nothing has been trained yet.
    throw new GradusError('INVALID_ARGUMENT', {
      what: `${name} cannot use its options`,
      received: error.message.replace(/\.? \[\w+\]$/, ''),
      cause: error,
    });
  }
}

/** Where messages go. */
const sayOf = ({ onMessage, name = 'monitor' }: MonitorOptions): ((message: string) => void) =>
  onMessage ?? ((message) => void process.stderr.write(`${name}: ${message}\n`));

/** A nested run is where its parent is, unless it is said. */
function experimentOf({ experimentName, parent }: MonitorOptions, fallback: string): { experimentName?: string; experimentId?: string } {
  if (experimentName !== undefined) return { experimentName };
  if (parent !== undefined) return {};
  const { MLFLOW_EXPERIMENT_NAME: named, MLFLOW_EXPERIMENT_ID: experimentId } = process.env;
  return experimentId ? { experimentId } : { experimentName: named || fallback };
}

/** Milliseconds that the end of a run waits for the server. */
export const patienceOf = ({ patience = 10 }: MonitorOptions): number => patience * 1000;

/** A name whose order is that of time, as the spool's own are. */
export const newKey = (): string =>
  `${new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)}-${randomUUID().slice(0, 12).replace('-', '')}`;
