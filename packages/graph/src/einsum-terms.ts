/** The notation of Einstein sums: which letter every axis of every operand has. */
import { GradusError } from './errors.js';
import type { Shape } from './shape.js';

export interface EinsumTerms {
  /** The letters of each operand's axes; axes of an ellipsis are called `.0`, `.1`, … counted from the right. */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
  /** The size of each letter. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Reads an equation for operands of these shapes. @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`, with the equation. */
export function einsumTerms(equation: string, shapes: readonly Shape[]): EinsumTerms {
  const [left, right, more] = equation.replace(/\s/g, '').split('->');
  const terms = left.split(',');
  const wrong = [left, right ?? ''].flatMap((side) => side.split(',')).find((term) => !/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term));
  if (more !== undefined || wrong !== undefined || right?.includes(',')) {
    throw invalid(
      equation,
      wrong === undefined ? 'more than one result' : `'${wrong}'`,
      'letters and at most one ... per operand, then -> and the result',
    );
  }
  if (terms.length !== shapes.length) throw invalid(equation, `${shapes.length} operands`, `${terms.length}, as the equation has it`);
  const inputs = terms.map((term, i) => labels(equation, term, shapes[i]));
  const sizes = sizesOf(equation, inputs, shapes);
  const dots = [...sizes.keys()].filter((label) => label.startsWith('.')).sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
  return { inputs, output: outputOf(equation, right, inputs, dots), sizes };
}

/** The letters of one operand. */
function labels(equation: string, term: string, shape: Shape): string[] {
  const [before, after] = term.split('...').map((part) => [...part]);
  if (after === undefined) {
    if (before.length !== shape.length) throw mismatch(equation, `'${term}' for shape [${shape.join(', ')}]`, 'a letter for each axis');
    return before;
  }
  const covered = shape.length - before.length - after.length;
  if (covered < 0) throw mismatch(equation, `'${term}' for shape [${shape.join(', ')}]`, 'no more letters than axes');
  return [...before, ...Array.from({ length: covered }, (_, i) => `.${covered - 1 - i}`), ...after];
}

/** The size of each letter: one size everywhere, or 1, which broadcasts. */
function sizesOf(equation: string, inputs: readonly (readonly string[])[], shapes: readonly Shape[]): Map<string, number> {
  const sizes = new Map<string, number>();
  inputs.forEach((letters, operand) =>
    letters.forEach((letter, axis) => {
      const [known, size] = [sizes.get(letter) ?? 1, shapes[operand][axis]];
      const twin = shapes[operand][letters.indexOf(letter)];
      if (size !== twin) throw mismatch(equation, `${twin} and ${size} for '${letter}' of one operand`, 'a square for a diagonal');
      if (known !== size && known !== 1 && size !== 1) {
        const name = letter.startsWith('.') ? 'an axis of ...' : `'${letter}'`;
        throw mismatch(equation, `${known} and ${size} for ${name}`, 'one size for each letter, or 1');
      }
      sizes.set(letter, known === 1 ? size : known);
    }),
  );
  return sizes;
}

/** The result's letters; without an arrow those that stand once, in the order of the alphabet, after the ellipsis. */
function outputOf(equation: string, right: string | undefined, inputs: readonly (readonly string[])[], dots: readonly string[]): string[] {
  const all = inputs.flat().filter((letter) => !letter.startsWith('.'));
  if (right === undefined) return [...dots, ...all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort()];
  if (dots.length > 0 && !right.includes('...')) throw invalid(equation, 'a result without ...', 'the ... of the operands in the result');
  const [before, after = []] = right.split('...').map((part) => [...part]);
  const output = [...before, ...(right.includes('...') ? dots : []), ...after];
  const odd = output.find((letter, i) => output.indexOf(letter) !== i || !(letter.startsWith('.') || all.includes(letter)));
  if (odd !== undefined) throw invalid(equation, `'${odd}' in the result`, 'letters of the operands, each once');
  return output;
}

const invalid = (equation: string, received: string, expected: string): GradusError =>
  new GradusError('INVALID_ARGUMENT', { what: `einsum: '${equation}' does not fit`, received, expected });

const mismatch = (equation: string, received: string, expected: string): GradusError =>
  new GradusError('SHAPE_MISMATCH', { what: `einsum: '${equation}' does not fit the operands`, received, expected });
