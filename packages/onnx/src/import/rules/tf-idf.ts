/** Counts of n-grams: how often each n-gram of a pool occurs in a sequence of integers, gaps of equal length allowed. */
import {
  add,
  asarray,
  cast,
  checkElements,
  equal,
  logicalAnd,
  matmul,
  minimum,
  multiply,
  reshape,
  slice,
  sum,
  zeros,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** The occurrences of n-grams (one row each of `grams`) in x of shape [batch, length], as [batch, number of n-grams]. */
function occurrences(x: Tensor, grams: readonly (readonly number[])[], skips: number): Tensor | undefined {
  const n = grams[0].length;
  const [batch, length] = x.shape;
  // A single item has no gaps.
  const strides = n === 1 ? [1] : Array.from({ length: skips + 1 }, (_, i) => i + 1);
  const counts = strides.flatMap((stride) => {
    const positions = length - (n - 1) * stride;
    if (positions < 1) return [];
    const matches = Array.from({ length: n }, (_, k) => {
      const items = reshape(slice(x, { axis: 1, start: k * stride, stop: k * stride + positions }), [batch, positions, 1]);
      return equal(
        items,
        asarray(
          grams.map((gram) => gram[k]),
          { dtype: x.dtype, shape: [grams.length] },
        ),
      );
    });
    return [sum(cast(matches.reduce(logicalAnd), 'float32'), { axes: [1] })];
  });
  return counts.length === 0 ? undefined : counts.reduce(add);
}

function count(call: Call): Tensor {
  const pool = call.ints('pool_int64s');
  if (pool === undefined) throw call.unsupported('n-grams of strings');
  const given = call.input(0);
  const x = given.shape.length === 1 ? reshape(given, [1, -1]) : given;
  const [starts, indexes] = [call.ints('ngram_counts')!, call.ints('ngram_indexes')!];
  const [shortest, longest, skips] = [call.count('min_gram_length'), call.count('max_gram_length'), call.int('max_skip_count')!];
  const width = Math.max(...indexes) + 1;
  checkElements('TfIdfVectorizer', [indexes.length, Math.max(width, skips)]);
  const [mode, weights] = [call.string('mode'), call.floats('weights') ?? indexes.map(() => 1)];

  let result: Tensor = zeros([x.shape[0], width]);
  let first = 0;
  starts.forEach((start, i) => {
    const n = i + 1;
    const items = pool.slice(start, starts[i + 1] ?? pool.length);
    const grams = Array.from({ length: items.length / n }, (_, k) => items.slice(k * n, (k + 1) * n));
    const own = indexes.slice(first, first + grams.length);
    const scale = weights.slice(first, first + grams.length);
    first += grams.length;
    if (grams.length === 0 || n < shortest || n > longest) return;
    const found = occurrences(x, grams, skips);
    if (found === undefined) return;
    const counted = mode === 'IDF' ? minimum(found, 1) : found;
    // Each n-gram has its column.
    const columns = own.map((column) => Array.from({ length: width }, (_, k) => (k === column ? 1 : 0)));
    const weighted = mode === 'TF' ? counted : multiply(counted, asarray([...scale]));
    result = add(result, matmul(weighted, asarray(columns)));
  });
  return given.shape.length === 1 ? reshape(result, [width]) : result;
}

export const rules: Rules = { TfIdfVectorizer: count };
