/** Alternating rounds: what else the machine does falls on all variants alike. */

/** Runs once and gives what it measured. */
export type Round = () => Promise<number>;

/** What every round of every variant gave, each variant once in each round; the first round only warms up. */
export async function alternate(variants: ReadonlyMap<string, Round>, rounds: number): Promise<Map<string, number[]>> {
  const measured = new Map([...variants.keys()].map((variant) => [variant, [] as number[]]));
  for (const round of variants.values()) await round();
  for (let r = 0; r < rounds; r++) for (const [variant, round] of variants) measured.get(variant)!.push(await round());
  return measured;
}

export const medianOf = (list: readonly number[]): number => list.toSorted((x, y) => x - y)[list.length >> 1];
