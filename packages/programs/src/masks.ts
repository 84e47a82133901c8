/** Which fields of JSON count: chosen by name, wherever they stand. */
import { rules, type Json, type Rule } from '@gradus/core';
import { isObject } from './json.js';

/**
 * Fields to compare. Names are compared without a number at their end (`answer_2`) and in the singular (`answers`), and looked for inside
 * of objects and lists. A field that matches counts, or is left out, with all that it holds.
 */
export interface MaskOptions {
  /** Only fields of these names count. Default: all. */
  readonly inMask?: readonly string[];
  /** Only fields whose name matches count; with `inMask` either is enough. */
  readonly inMaskPattern?: RegExp | string;
  /** Fields of these names do not count. */
  readonly outMask?: readonly string[];
  /** Fields whose name matches do not count. */
  readonly outMaskPattern?: RegExp | string;
}

const pattern: Rule = { expected: 'a regular expression, as such or as text', accepts: (v) => v instanceof RegExp || isPattern(v) };

function isPattern(value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}

export const maskRules = { inMask: rules.texts, inMaskPattern: pattern, outMask: rules.texts, outMaskPattern: pattern };

/** A function that leaves of JSON what counts. */
export function makeMask({ inMask, inMaskPattern, outMask, outMaskPattern }: MaskOptions): (value: Json) => Json {
  const chosen = inMask === undefined && inMaskPattern === undefined ? null : matcher(inMask, inMaskPattern);
  const left = matcher(outMask, outMaskPattern);
  return (value) => without(chosen === null ? value : (only(value, chosen) ?? null), left);
}

type Matches = (name: string) => boolean;

function matcher(names: readonly string[] = [], expression?: RegExp | string): Matches {
  const singular = new Set(names.map(baseName));
  // A flag such as g would make the answers depend on each other.
  const search = expression === undefined ? null : new RegExp(expression, new RegExp(expression).flags.replace(/[gy]/g, ''));
  return (name) => singular.has(baseName(name)) || (search?.test(baseName(name)) ?? false);
}

/** Only what matches; `undefined` for nothing. */
function only(value: Json, matches: Matches): Json | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => only(item, matches)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (!isObject(value)) return undefined;
  const fields = Object.entries(value)
    .map(([name, item]) => [name, matches(name) ? item : only(item, matches)] as const)
    .filter((field): field is [string, Json] => field[1] !== undefined);
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

function without(value: Json, matches: Matches): Json {
  if (Array.isArray(value)) return value.map((item: Json) => without(item, matches));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(([name]) => !matches(name));
  return Object.fromEntries(fields.map(([name, item]) => [name, without(item, matches)]));
}

/** A name without a number at its end and with its last word in the singular: `search_queries_2` is `search_query`. */
export function baseName(name: string): string {
  const words = name.replace(/_\d+$/, '').split('_');
  return [...words.slice(0, -1), singularOf(words.at(-1)!)].join('_');
}

/** English plurals that follow a rule, and a few others; words such as `status`, `analysis` and `class` are none. */
function singularOf(word: string): string {
  if (/^(series|species)$/i.test(word)) return word;
  if (/[^aeiou]ies$/i.test(word) && !/(movies|cookies|calories|^[a-z]ies)$/i.test(word)) {
    return `${word.slice(0, -3)}y`;
  }
  if (/(ss|sh|ch|x|zz)es$/i.test(word)) return word.slice(0, -2);
  if (/s$/i.test(word) && !/(ss|us|is)$/i.test(word) && word.length > 2) return word.slice(0, -1);
  return word;
}
