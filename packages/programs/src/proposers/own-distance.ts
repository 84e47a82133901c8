/** How far values of a variable are from each other, without a model of meaning: field by field, after Gower (1971). */
import type { Json } from '@gradus/core';
import { isObject, type JsonObject } from '../json.js';
import { tokensOf } from '../metrics/tokens.js';

/**
 * From 0 for equal values to 1. Texts: the share of distinct tokens that only one of them has (Jaccard); numbers: their difference over
 * the larger of their sizes, at most 1; lists and objects: the mean over their places; all else: 0 or 1.
 */
export function ownDistance(a: JsonObject, b: JsonObject): number {
  return distance(a, b);
}

function distance(a: Json | undefined, b: Json | undefined): number {
  if (a === b) return 0;
  if (typeof a === 'number' && typeof b === 'number') return Math.min(Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)), 1);
  if (typeof a === 'string' && typeof b === 'string') return textDistance(a, b);
  if (Array.isArray(a) && Array.isArray(b))
    return mean(Array.from({ length: Math.max(a.length, b.length) }, (_, i) => distance(a[i], b[i])));
  if (isObject(a) && isObject(b))
    return mean([...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => distance(a[name], b[name])));
  return 1;
}

/** Different texts of the same tokens are told apart by nothing but a little. */
function textDistance(a: string, b: string): number {
  const [left, right] = [new Set(tokensOf(a)), new Set(tokensOf(b))];
  const all = new Set([...left, ...right]).size;
  const both = [...left].filter((token) => right.has(token)).length;
  return all === 0 ? 1 : 1 - both / all;
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
