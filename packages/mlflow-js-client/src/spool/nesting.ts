/** The order of runs that are nested in others. */

interface Nested {
  readonly key: string;
  readonly parent?: string;
}

/** Each run below its parent, as deep as `depth` says; otherwise in their order. A parent that is not among them counts as none. */
export function inTreeOrder<T extends Nested>(runs: readonly T[]): { readonly run: T; readonly depth: number }[] {
  const keys = new Set(runs.map(({ key }) => key));
  const children = new Map<string | undefined, T[]>();
  for (const run of runs) {
    const parent = run.parent !== undefined && keys.has(run.parent) ? run.parent : undefined;
    children.set(parent, [...(children.get(parent) ?? []), run]);
  }
  const below = (parent: string | undefined, depth: number): { run: T; depth: number }[] =>
    (children.get(parent) ?? []).flatMap((run) => [{ run, depth }, ...below(run.key, depth + 1)]);
  const ordered = below(undefined, 0);
  // Two of which each is the other's parent cannot be written, but whoever renames folders must still find them.
  const reached = new Set(ordered.map(({ run }) => run));
  return [...ordered, ...runs.filter((run) => !reached.has(run)).map((run) => ({ run, depth: 0 }))];
}
