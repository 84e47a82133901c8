/** Einstein sums, brought down to transposes, products of matrices and sums. */
import { einsumTerms } from '../einsum-terms.js';
import { isFloat } from '../dtype.js';
import { requireSameDType } from '../operator.js';
import { matmul } from '../ops/mat-mul.js';
import { multiply } from '../ops/mul.js';
import { reshape } from '../ops/reshape.js';
import { sum } from '../ops/reduce-sum.js';
import { transpose } from '../ops/transpose.js';
import { sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { squeeze } from './axes.js';
import { diagonal } from './diagonal.js';

/** A tensor with a letter for each of its axes, all different. */
interface Term {
  readonly x: Tensor;
  readonly letters: readonly string[];
}

/**
 * A sum of products by NumPy's notation: axes with one letter are multiplied element by element, letters that the result lacks are
 * summed over, a letter twice in one operand takes the diagonal, `...` stands for axes that broadcast, and without `->` the result
 * has the letters that stand once, in the order of the alphabet.
 *
 * More than two operands are combined two by two, first those whose product is smallest beside them; two operands of a float type
 * become one `matmul` where they share a summed letter.
 *
 * @throws `INVALID_ARGUMENT` for an equation that cannot be read, `SHAPE_MISMATCH` for one that does not fit the operands, both
 *   with the equation; `DTYPE_MISMATCH`.
 * @example
 * einsum('bqd,bkd->bqk', query, key);      // attention scores
 * einsum('ii', matrix);                    // its trace
 * einsum('...ij,...jk', a, b);             // matmul
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  requireSameDType('einsum', operands);
  const { inputs, output, sizes } = einsumTerms(
    equation,
    operands.map(({ shape }) => shape),
  );
  let terms = operands.map((x, i) => distinct({ x, letters: inputs[i] })).map((term) => withoutStretched(term, sizes));
  terms = terms.map((term, i) => summed(term, [...output, ...terms.flatMap(({ letters }, j) => (j === i ? [] : letters))]));
  while (terms.length > 1) {
    const [i, j] = cheapest(terms, output, sizes);
    const rest = terms.filter((_, k) => k !== i && k !== j);
    terms = [...rest, contract(terms[i], terms[j], [...output, ...rest.flatMap(({ letters }) => letters)], output)];
  }
  return arranged(terms[0], output);
}

/** Diagonals in place of letters that repeat. */
function distinct(term: Term): Term {
  const { x, letters } = term;
  const twice = letters.find((letter, i) => letters.indexOf(letter) !== i);
  if (twice === undefined) return term;
  const [first, second] = [letters.indexOf(twice), letters.lastIndexOf(twice)];
  const others = letters.map((_, i) => i).filter((i) => i !== first && i !== second);
  const square = transpose(x, [...others, first, second]);
  return distinct({ x: diagonal(square), letters: [...others.map((i) => letters[i]), twice] });
}

/** Without axes of size 1 whose letter is longer elsewhere: the product stretches them by itself. */
function withoutStretched({ x, letters }: Term, sizes: ReadonlyMap<string, number>): Term {
  const stretched = letters.flatMap((letter, i) => (x.shape[i] !== sizes.get(letter) ? [i] : []));
  return { x: squeeze(x, stretched), letters: letters.filter((_, i) => !stretched.includes(i)) };
}

/** Summed over the letters that nobody else needs. */
function summed({ x, letters }: Term, needed: readonly string[]): Term {
  const axes = letters.flatMap((letter, i) => (needed.includes(letter) ? [] : [i]));
  return { x: sum(x, { axes }), letters: letters.filter((letter) => needed.includes(letter)) };
}

/** The two terms whose product adds least to what there is to hold; of several, those that take the fewest multiplications. */
function cheapest(terms: readonly Term[], output: readonly string[], sizes: ReadonlyMap<string, number>): [number, number] {
  let best: [number, number] = [0, 1];
  let least = [Infinity, Infinity];
  const size = (letters: readonly string[]): number => sizeOf(letters.map((letter) => sizes.get(letter)!));
  for (let i = 0; i < terms.length; i++) {
    for (let j = i + 1; j < terms.length; j++) {
      const needed = [...output, ...terms.flatMap(({ letters }, k) => (k === i || k === j ? [] : letters))];
      const both = [...new Set([...terms[i].letters, ...terms[j].letters])];
      const growth = size(both.filter((letter) => needed.includes(letter))) - size(terms[i].letters) - size(terms[j].letters);
      const cost = [growth, size(both)];
      if (cost[0] < least[0] || (cost[0] === least[0] && cost[1] < least[1])) [best, least] = [[i, j], cost];
    }
  }
  return best;
}

/** The product of two terms, summed over the letters that only they have. `order` says how free letters best lie. */
function contract(first: Term, second: Term, needed: readonly string[], order: readonly string[]): Term {
  const ofFirst = order.findIndex((letter) => first.letters.includes(letter) !== second.letters.includes(letter));
  const [a, b] = ofFirst >= 0 && second.letters.includes(order[ofFirst]) ? [second, first] : [first, second];
  const shared = a.letters.filter((letter) => b.letters.includes(letter));
  const gone = shared.filter((letter) => !needed.includes(letter));
  const batch = byOrder(
    shared.filter((letter) => needed.includes(letter)),
    order,
  );
  const rows = byOrder(
    a.letters.filter((letter) => !shared.includes(letter)),
    order,
  );
  const columns = byOrder(
    b.letters.filter((letter) => !shared.includes(letter)),
    order,
  );
  const letters = [...batch, ...rows, ...columns];
  const size = (term: Term, of: readonly string[]): number[] => of.map((letter) => term.x.shape[term.letters.indexOf(letter)]);
  const sizes = [size(a, batch), size(a, rows), size(b, columns)];
  const [m, n, k] = [sizeOf(sizes[1]), sizeOf(sizes[2]), sizeOf(size(a, gone))];
  // Matrices of one row by one column for each of a batch are what multiplying and adding do faster.
  const isDot = batch.length > 0 && rows.length === 0 && columns.length === 0;
  if (gone.length > 0 && !isDot && isFloat(a.x.dtype)) {
    const left = reshape(arranged(a, [...batch, ...rows, ...gone]), [...sizes[0], m, k]);
    const right = reshape(arranged(b, [...batch, ...gone, ...columns]), [...sizes[0], k, n]);
    return { x: reshape(matmul(left, right), sizes.flat()), letters };
  }
  const left = reshape(arranged(a, [...batch, ...rows, ...gone]), [...sizes[0], ...sizes[1], ...columns.map(() => 1), ...size(a, gone)]);
  const right = reshape(arranged(b, [...batch, ...columns, ...gone]), [...sizes[0], ...rows.map(() => 1), ...sizes[2], ...size(a, gone)]);
  return { x: sum(multiply(left, right), { axes: gone.map((_, i) => letters.length + i) }), letters };
}

/** Letters in the order of the result; those that it lacks come last, as they are. */
function byOrder(letters: readonly string[], order: readonly string[]): string[] {
  const place = (letter: string): number => (order.includes(letter) ? order.indexOf(letter) : order.length);
  return [...letters].sort((a, b) => place(a) - place(b));
}

const arranged = ({ x, letters }: Term, order: readonly string[]): Tensor =>
  order.every((letter, i) => letters[i] === letter)
    ? x
    : transpose(
        x,
        order.map((letter) => letters.indexOf(letter)),
      );
