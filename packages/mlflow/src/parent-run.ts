/** A run that others are nested in: a sweep, or a training in phases, as a whole. */
import { checkOptions, rules, type Rule } from '@gradus/core';
import { flatten } from './flatten.js';
import type { MonitorOptions } from './monitor-options.js';
import { newKey, openRun } from './open-run.js';
import { originTags } from './origin.js';
import type { TrackedRun } from './tracked-run.js';

export interface ParentRun {
  /** Default: the key. */
  readonly runName?: string;
  /**
   * Names the run in the spool: letters, digits, `_` and `-`. A program that is started again goes on with the run of this key. Default: a new
   * run each time.
   */
  readonly key?: string;
  /** What its page says about it, as Markdown. */
  readonly description?: string;
  /** Any configuration, however deep. */
  readonly params?: object;
  readonly tags?: Readonly<Record<string, string>>;
}

const RULES = {
  ...{ runName: rules.text, key: rules.text, description: rules.text, params: rules.object, tags: rules.object },
} satisfies Readonly<Record<keyof ParentRun, Rule>>;

/** @returns `null` where it cannot be tracked. @throws `INVALID_ARGUMENT` */
export async function openParentRun(options: MonitorOptions, parent: ParentRun): Promise<TrackedRun | null> {
  checkOptions('nested', parent, RULES);
  const { key = newKey(), runName = key, description, params = {}, tags } = parent;
  const run = await openRun({ ...options, runName }, { key, runName, experimentName: 'Default', after: {} });
  await run?.attempt('params', (spooled) => spooled.logParams(flatten(params)));
  await run?.attempt('tags', async (spooled) =>
    spooled.setTags({ ...(await originTags()), ...(description !== undefined && { 'mlflow.note.content': description }), ...tags }),
  );
  return run;
}
