/** The leaves of JSON: what stands at the ends of its objects and lists. */
import type { Json } from '@gradus/core';
import { isObject } from './json.js';

/** All leaves, objects in the order of their names, so that two values with the same fields have their leaves side by side. */
export function leavesOf(value: Json): (string | number | boolean | null)[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (!isObject(value)) return [value as string | number | boolean | null];
  return Object.keys(value)
    .sort()
    .flatMap((name) => leavesOf(value[name]));
}
