/** Alternating rounds: what else the machine does falls on all variants alike. */

/** Runs once and gives what it measured. */
export type Round = () => Promise<number>;

/** Rounds that take longer, in milliseconds, run only a few times. */
const SLOW = 1000;
const SLOW_ROUNDS = 3;

/** What every round of every variant gave, each variant once in each round; the first round only warms up. */
export async function alternate(variants: ReadonlyMap<string, Round>, rounds: number): Promise<Map<string, number[]>> {
  const measured = new Map([...variants.keys()].map((variant) => [variant, [] as number[]]));
  const slow = new Set<string>();
  for (const [variant, round] of variants) {
    const start = performance.now();
    await round();
    if (performance.now() - start > SLOW) slow.add(variant);
  }
  for (let r = 0; r < rounds; r++) {
    for (const [variant, round] of variants) if (r < SLOW_ROUNDS || !slow.has(variant)) measured.get(variant)!.push(await round());
  }
  return measured;
}

export const medianOf = (list: readonly number[]): number => list.toSorted((x, y) => x - y)[list.length >> 1];
