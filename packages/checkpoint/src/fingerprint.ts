/** Whether a run may go on from another's state: both fingerprints are compared field by field, and all differences told at once. */
import { didYouMean, listNames, type Fingerprint, type Json } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { isRecord } from './malformed.js';
import { sha256 } from './manifest.js';

export interface Difference {
  /** Dots lead into nested values: `data.batchSize`. */
  readonly field: string;
  /** The values as JSON, long ones shortened; `nothing` where there is none. */
  readonly saved: string;
  readonly current: string;
  /** `warning`: versions, which may change the numbers but need not. */
  readonly severity: 'refusal' | 'warning';
}

/**
 * Compares the fingerprint of a checkpoint with that of the run that would go on from it.
 *
 * @param options.allow Fields that may differ: `epochs`, `data.batchSize`, or `data` for all that is nested in it. Default: none.
 * @returns one entry per field that differs, those of `versions` as warnings.
 * @throws `INVALID_ARGUMENT` for a name in `allow` that neither fingerprint has.
 * @example
 * compareFingerprints({ epochs: 10, data: { rows: 100 } }, { epochs: 20, data: { rows: 90 } }, { allow: ['epochs'] });
 * // [{ field: 'data.rows', saved: '100', current: '90', severity: 'refusal' }]
 */
export function compareFingerprints(
  saved: Fingerprint,
  current: Fingerprint,
  { allow = [] }: { readonly allow?: readonly string[] } = {},
): Difference[] {
  const known = [...new Set([...fieldsOf(saved), ...fieldsOf(current)])];
  for (const name of allow) {
    if (known.includes(name)) continue;
    throw new GradusError('INVALID_ARGUMENT', {
      what: `No fingerprint has a field '${name}' to allow`,
      received: `'${name}'`,
      expected: `some of ${listNames(known)}`,
      fix: didYouMean(name, known),
    });
  }
  const isUnder = (field: string, name: string): boolean => field === name || field.startsWith(`${name}.`);
  return differences(saved, current, '')
    .filter(({ field }) => !allow.some((name) => isUnder(field, name)))
    .map((each) => ({ ...each, severity: isUnder(each.field, 'versions') ? 'warning' : 'refusal' }));
}

/**
 * Throws unless a run may go on from a checkpoint.
 *
 * @param what What would go on, for the message: `Run 'digits'`.
 * @returns the differences that are warnings.
 * @throws `RESUME_REFUSED` with every difference, and `differences` in its data; `INVALID_ARGUMENT` as `compareFingerprints`.
 */
export function requireFingerprint(
  what: string,
  saved: Fingerprint,
  current: Fingerprint,
  options: { readonly allow?: readonly string[] } = {},
): Difference[] {
  const all = compareFingerprints(saved, current, options);
  const refused = all.filter(({ severity }) => severity === 'refusal');
  if (refused.length === 0) return all;
  const names = refused.map(({ field }) => `'${field}'`).join(', ');
  throw new GradusError('RESUME_REFUSED', {
    what: `${what} cannot go on from this checkpoint: it is another run in ${refused.length} ${refused.length === 1 ? 'field' : 'fields'}`,
    received: refused.map(({ field, saved: was, current: is }) => `${field}: ${was} when saved, now ${is}`).join('; '),
    expected: 'the same values',
    fix: `Undo the changes, begin anew in another directory, or go on in spite of them with allow: [${names}].`,
    data: { differences: all },
  });
}

/** Every name that `allow` may hold: fields and what they are nested in. */
function fieldsOf(value: Json, path = ''): string[] {
  return childrenOf(value).flatMap(([key, child]) => {
    const field = path === '' ? key : `${path}.${key}`;
    return [field, ...fieldsOf(child, field)];
  });
}

const childrenOf = (value: Json): [string, Json][] => (isRecord(value) || holdsRecords(value) ? Object.entries(value as object) : []);

const holdsRecords = (value: Json): boolean => Array.isArray(value) && value.some(isRecord);

function differences(saved: Json | undefined, current: Json | undefined, path: string): Omit<Difference, 'severity'>[] {
  if (canonical(saved) === canonical(current)) return [];
  if (comparable(saved, current)) {
    const [was, is] = [saved, current].map((value) => value as Readonly<Record<string, Json>>);
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
      differences(member(was, key), member(is, key), path === '' ? key : `${path}.${key}`),
    );
  }
  return [{ field: path, saved: show(saved), current: show(current) }];
}

/** Two records, or two lists of records of one length: what differs in them says more than they do. */
function comparable(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && holdsRecords(a) && holdsRecords(b);
  return isRecord(a) && isRecord(b);
}

const member = (value: Readonly<Record<string, Json>>, key: string): Json | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined;

/** Equal for equal values, whatever the order of keys. NaN equals itself, and 0 is not -0. */
function canonical(value: Json | undefined): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'nothing';
  const members = Object.entries(value as Readonly<Record<string, Json>>).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${members.sort().join()}}`;
}

/** A value that is longer than this is shortened. */
const LONGEST = 80;
const SHOWN_ITEMS = 3;

function show(value: Json | undefined): string {
  const text = canonical(value);
  if (text.length <= LONGEST) return text;
  // What is left out may be all that differs.
  const whole = `sha256 ${sha256(text).slice(0, 12)}`;
  if (Array.isArray(value) && value.length > SHOWN_ITEMS) {
    return `[${value.slice(0, SHOWN_ITEMS).map(show).join()}, and ${value.length - SHOWN_ITEMS} more; ${whole}]`;
  }
  return `${text.slice(0, LONGEST)}… (${text.length} characters; ${whole})`;
}
