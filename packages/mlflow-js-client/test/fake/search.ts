/** The part of MLflow's search language that tests use: comparisons joined by `and`, one order, pages. */
import { invalid } from './json.js';

type Value<T> = (item: T, kind: string, key: string) => string | number | undefined;

export function filtered<T>(items: readonly T[], filter: unknown, value: Value<T>): T[] {
  if (filter === undefined || filter === '') return [...items];
  const tests = String(filter)
    .split(/ and /i)
    .map((clause) => {
      const match = /^\s*(?:(\w+)\.)?(?:`([^`]+)`|"([^"]+)"|([\w./-]+))\s*(=|!=|<=|>=|<|>|like)\s*(?:'([^']*)'|([\d.eE+-]+))\s*$/i.exec(
        clause,
      );
      if (match === null) throw invalid(`Invalid clause(s) in filter string: '${clause}'`);
      const [, kind = 'attributes', a, b, c, operator, quoted, number] = match;
      const right = quoted ?? Number(number);
      return (item: T): boolean => {
        const left = value(item, kind.replace(/^(attribute|tag|param|metric)$/, '$1s'), a ?? b ?? c);
        if (left === undefined) return false;
        if (/like/i.test(operator))
          return new RegExp(`^${String(right).replaceAll('%', '.*')}$`, operator === 'ILIKE' ? 'i' : '').test(String(left));
        return {
          '=': left === right,
          '!=': left !== right,
          '<': left < right,
          '>': left > right,
          '<=': left <= right,
          '>=': left >= right,
        }[operator]!;
      };
    });
  return items.filter((item) => tests.every((test) => test(item)));
}

export function ordered<T>(items: T[], orderBy: unknown, value: Value<T>): T[] {
  const first = ([orderBy].flat()[0] ?? '') as string;
  const match = /^(?:(\w+)\.)?[`"]?([\w./-]+)[`"]?(?:\s+(ASC|DESC))?$/i.exec(first);
  if (match === null) return items;
  const [, kind = 'attributes', key, direction = 'ASC'] = match;
  const sign = direction.toUpperCase() === 'DESC' ? -1 : 1;
  return items.sort((x, y) => {
    const [a, b] = [value(x, kind, key) ?? 0, value(y, kind, key) ?? 0];
    return a < b ? -sign : a > b ? sign : 0;
  });
}

export function paged<T>(
  items: readonly T[],
  { max_results: size = 1000, page_token: token }: Record<string, unknown>,
): { items: T[]; token: string | undefined } {
  const from = token === undefined ? 0 : Number(Buffer.from(String(token), 'base64').toString());
  const to = from + Number(size);
  return { items: items.slice(from, to), token: to < items.length ? Buffer.from(String(to)).toString('base64') : undefined };
}
