/** Where runs of a spool are delivered to: a server, or a tree of files. */
import type { Metric, Entry } from '../input/sanitizer.js';
import type { ModelRecord, RunHeader, SpoolRecord } from './records.js';

type RecordOf<T extends SpoolRecord['type']> = Extract<SpoolRecord, { readonly type: T }>;

/** Called for what a target does not take and is left out. @param kind Of one kind only the first is told; by default everything but points is its own. */
export type Refusal = (what: string, why: string, kind?: string) => void;

export interface Target {
  /** The URI, without credentials. */
  readonly uri: string;
  /**
   * Finds the run, or makes it.
   *
   * @param known Its id, where an earlier delivery noted it.
   */
  open(
    header: RunHeader,
    known: { readonly runId: string; readonly experimentId: string } | undefined,
    refuse: Refusal,
  ): Promise<RunTarget>;
}

/**
 * One run at a target. Doing anything twice is the same as doing it once, but for `logMetrics`; what a target refuses for good is
 * handed to the {@link Refusal} and does not throw.
 */
export interface RunTarget {
  readonly runId: string;
  readonly experimentId: string;
  /** It was made just now, so that nothing of it can have arrived before. */
  readonly isNew: boolean;
  logMetrics(metrics: readonly Metric[]): Promise<void>;
  logParams(params: readonly Entry[]): Promise<void>;
  setTags(tags: readonly Entry[]): Promise<void>;
  deleteTag(key: string): Promise<void>;
  logInputs(inputs: RecordOf<'inputs'>): Promise<void>;
  logOutputs(outputs: RecordOf<'outputs'>): Promise<void>;
  /** @param file An absolute path. */
  logArtifact(path: string, file: string): Promise<void>;
  /** @param folder What the files of the record are relative to. */
  logModel(model: ModelRecord, folder: string): Promise<void>;
  logTrace(trace: RecordOf<'trace'>['trace']): Promise<void>;
  update(update: Omit<RecordOf<'update'>, 'type'>): Promise<void>;
  /** Every point of a metric that arrived. */
  history(key: string): AsyncIterable<Metric>;
}
