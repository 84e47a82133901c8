/** Older formats of checkpoints: each is made into the next one until it is the one of this version. */
import type { Params } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { FORMAT } from './manifest.js';
import { Malformed } from './malformed.js';

/** A checkpoint whose files were verified, before anything else is believed of it. */
export interface RawCheckpoint {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly params: Params;
  readonly arrays: Params;
  /** `state.json` as parsed; `undefined` when there is none. */
  readonly json: unknown;
}

/** Makes the next format of one. The manifest it returns names that format. */
export type Migration = (raw: RawCheckpoint) => RawCheckpoint;

export interface Formats {
  readonly current: string;
  /** By the format that they begin with. */
  readonly migrations: Readonly<Record<string, Migration>>;
}

/** There has been one format so far. */
export const FORMATS: Formats = { current: FORMAT, migrations: {} };

const NAME = /^gradus-checkpoint\/(\d+)$/;
const numberOf = (format: string): number => Number(NAME.exec(format)![1]);

/**
 * The format of a manifest.
 * @throws Malformed when it names none; `CHECKPOINT_NEWER` for one of the future; `CHECKPOINT_OLDER` for one that no migration leads from.
 */
export function checkFormat(manifest: Readonly<Record<string, unknown>>, path: string, { current, migrations }: Formats): string {
  const { format } = manifest;
  if (typeof format !== 'string' || !NAME.test(format)) throw new Malformed("'format' names no format of checkpoints");
  if (format === current || Object.hasOwn(migrations, format)) return format;
  const newer = numberOf(format) > numberOf(current);
  throw new GradusError(newer ? 'CHECKPOINT_NEWER' : 'CHECKPOINT_OLDER', {
    what: `The checkpoint '${path}' has a format that this version does not read`,
    received: format,
    expected: [...Object.keys(migrations), current].join(', '),
    fix: newer ? 'Update the gradus packages.' : 'Read it with the version that wrote it, and save it there with parameters alone.',
    data: { path, format },
  });
}

/** Applies migrations until the format is the current one. @throws as `checkFormat`, and what a migration throws. */
export function migrate(raw: RawCheckpoint, path: string, formats: Formats): RawCheckpoint {
  let now = raw;
  for (let format = checkFormat(now.manifest, path, formats); format !== formats.current; ) {
    now = formats.migrations[format](now);
    const next = checkFormat(now.manifest, path, formats);
    if (numberOf(next) <= numberOf(format)) throw new Error(`the migration from ${format} leads to ${next}`);
    format = next;
  }
  return now;
}
