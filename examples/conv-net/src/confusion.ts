/** Which class was taken for which. */
import type { NDArray } from 'gradus';

/** How often each class (row) was called each class (column). */
export function confusion(labels: NDArray, said: NDArray, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.data.forEach((label, i) => counts[Number(label)][Number(said.data[i])]++);
  return counts;
}

/** Prints the counts; a dot stands for 0. */
export function printConfusion(counts: readonly (readonly number[])[]): void {
  const line = (head: string, cells: readonly (number | string)[]): string =>
    head.padStart(6) + cells.map((c) => String(c).padStart(5)).join('');
  console.log(
    line(
      'said',
      counts.map((_, digit) => digit),
    ),
  );
  counts.forEach((row, digit) =>
    console.log(
      line(
        `is ${digit}`,
        row.map((count) => count || '.'),
      ),
    ),
  );
}
