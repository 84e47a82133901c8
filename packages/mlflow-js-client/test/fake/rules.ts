/** What the server refuses in a log-batch request, in its own words. */
import { invalid } from './json.js';
import { posix } from 'node:path';

interface Point {
  readonly key: string;
  readonly value?: number;
  readonly timestamp?: number;
  readonly step?: number;
  readonly model_id?: string;
}
interface Pair {
  readonly key: string;
  readonly value: string;
}
export interface BatchMessage {
  readonly run_id: string;
  readonly metrics?: readonly Point[];
  readonly params?: readonly Pair[];
  readonly tags?: readonly Pair[];
}

export function checkBatch({ metrics = [], params = [], tags = [] }: BatchMessage, version: string): void {
  const old = version.startsWith('2.');
  const most = (name: string, size: number, limit: number): void => {
    if (size > limit)
      throw invalid(
        `A batch logging request can contain at most ${limit} ${name}. Got ${size} ${name}. Please split up ${name} across multiple requests and try again.`,
      );
  };
  most('metrics', metrics.length, 1000);
  most('params', params.length, 100);
  most('tags', tags.length, 100);
  most('metrics, params, and tags', metrics.length + params.length + tags.length, 1000);
  const names = (kind: string, list: readonly { key?: string }[], field: string): void =>
    list.forEach(({ key }, i) => checkName(`${kind}[${i}].${field}`, kind.slice(0, -1), key, old));
  metrics.forEach(({ value, timestamp }, i) => {
    if (value === undefined)
      throw invalid(
        `Missing value for required parameter 'metrics[${i}].value'. See the API docs for more information about request parameters.`,
      );
    if (timestamp === undefined)
      throw invalid(
        `Missing value for required parameter 'metrics[${i}].timestamp'. See the API docs for more information about request parameters.`,
      );
  });
  names('metrics', metrics, 'name');
  names('params', params, 'key');
  names('tags', tags, 'key');
  const keys = params.map(({ key }) => key);
  const twice = keys.filter((key, i) => keys.indexOf(key) !== i);
  if (twice.length > 0)
    throw invalid(
      `Duplicate parameter keys have been submitted: ['${twice.join("', '")}']. Please ensure the request contains only one param value per param key.`,
    );
  // Newer servers cut long values; older ones refuse them.
  if (!old) return;
  for (const { value } of params)
    if ((value ?? '').length > 6000)
      throw invalid(`Param value '${value.slice(0, 20)}' had length ${value.length}, which exceeded length limit of 6000`);
  for (const { value } of tags)
    if ((value ?? '').length > 5000)
      throw invalid(`Tag value '${value.slice(0, 20)}' had length ${value.length}, which exceeded length limit of 5000`);
}

function checkName(path: string, kind: string, key: string | undefined, old: boolean): void {
  if (key === undefined)
    throw invalid(`Missing value for required parameter '${path}'. See the API docs for more information about request parameters.`);
  const refuse = (why: string): never => {
    throw invalid(old ? `Invalid ${kind} name: '${key}'. ${why}` : `Invalid value "${key}" for parameter '${path}' supplied: ${why}`);
  };
  const allowed = old ? /^[/\p{L}\p{N}_.\- ]*$/u : /^[/\p{L}\p{N}_.\- :]*$/u;
  if (!allowed.test(key))
    refuse('Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), and slashes (/).');
  const normal = normpath(key);
  if (normal !== key || normal === '.' || normal.startsWith('..') || normal.startsWith('/')) {
    refuse(
      `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normal}'`,
    );
  }
  if (key.length > 250) throw invalid(`'${kind} key' exceeds the maximum length of 250 characters`);
}

/** Python's posixpath.normpath. */
function normpath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
