/** Policies: how one future is picked, or made, from several. */
import { mean, type Tensor } from '@gradus/graph';
import { meanBranch, type Futures } from './futures.js';

export interface Selection {
  /** The representative future, D numbers. */
  readonly future: Float64Array;
  /** What was decided, as JSON values. */
  readonly diagnostics: Readonly<Record<string, unknown>>;
}

export interface SelectionPolicy {
  readonly name: string;
  select(futures: Futures): Selection;
  /** The same in tensors, `[T, K, D]` to `[T, D]`, for policies that have such a form. */
  selectTensor?(futures: Tensor): Tensor;
}

const diagnose = (policy: string, { branches }: Futures): Record<string, unknown> => ({ policy, branches });

/** The mean of every column. */
export const meanPolicy: SelectionPolicy = {
  name: 'mean',
  select: (futures) => ({ future: meanBranch(futures), diagnostics: diagnose('mean', futures) }),
  selectTensor: (futures) => mean(futures, { axes: 1 }),
};

/** The median of every column; between the middle two when K is even. */
export const medianPolicy: SelectionPolicy = {
  name: 'median',
  select(futures) {
    const { branches, dim, data } = futures;
    const column = new Float64Array(branches);
    const future = Float64Array.from({ length: dim }, (_, d) => {
      for (let k = 0; k < branches; k++) column[k] = data[k * dim + d];
      // Typed arrays sort NaN to the end; a median of anything with NaN is NaN, as NumPy has it.
      column.sort();
      if (Number.isNaN(column[branches - 1])) return NaN;
      return branches % 2 === 1 ? column[(branches - 1) / 2] : (column[branches / 2 - 1] + column[branches / 2]) / 2;
    });
    return { future, diagnostics: diagnose('median', futures) };
  },
};

/**
 * The branch of the smallest risk, the first of several. A risk of NaN wins over every number, as in NumPy's argmin, so that a
 * broken branch shows instead of being hidden. Diagnostics add `chosenIndex` and `minScore`.
 *
 * @param risk From a branch (a view: do not keep it) to a number.
 * @example
 * minRiskPolicy((branch) => Math.hypot(...branch)).select(Futures.of([[3, 4], [1, 0]])).future; // [1, 0]
 */
export const minRiskPolicy = (risk: (branch: Float64Array) => number): SelectionPolicy => ({
  name: 'min-risk',
  select(futures) {
    let chosenIndex = 0;
    let minScore = risk(futures.row(0));
    for (let k = 1; k < futures.branches && !Number.isNaN(minScore); k++) {
      const score = risk(futures.row(k));
      if (score < minScore || Number.isNaN(score)) {
        chosenIndex = k;
        minScore = score;
      }
    }
    return { future: futures.row(chosenIndex).slice(), diagnostics: { ...diagnose('min-risk', futures), chosenIndex, minScore } };
  },
});
