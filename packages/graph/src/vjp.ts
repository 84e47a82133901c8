/** Derivatives of functions of trees along directions: cotangents backwards, tangents forwards. */
import { pullback } from './autodiff.js';
import { symbolsLike } from './closure.js';
import { isFloat } from './dtype.js';
import { GradusError } from './errors.js';
import { substitute } from './interpreter.js';
import { zeros } from './ndarray.js';
import { formatSpec } from './operator.js';
import { sameShape } from './shape.js';
import { isTensor, SymbolicTensor, type Tensor } from './tensor.js';
import { flatten, leaves, leavesAt, unflatten, type MapTree } from './tree.js';

/**
 * The value of `fn` at `primals`, and the function from cotangents of the value to those of the primals (the vector-Jacobian
 * product). Primals of integer types get zeros.
 *
 * @throws `SHAPE_MISMATCH` when a cotangent is not of its value's form.
 * @example
 * const [y, pull] = vjp((x: Tensor) => tanh(x), asarray([0, 1]));
 * const [dx] = pull(asarray([1, 1])); // 1 - tanh(x)^2
 */
export function vjp<Args extends readonly unknown[], Out>(
  fn: (...args: Args) => Out,
  ...primals: Args
): [MapTree<Out, Tensor>, (cotangent: MapTree<Out, Tensor>) => MapTree<Args, Tensor>] {
  const given = flatten<Tensor>(primals);
  const symbols = given.map(({ leaf, path }) => new SymbolicTensor(leaf.dtype, leaf.shape, null, 0, path));
  const result = fn(...(unflatten(primals, symbols) as unknown as Args));
  const outputs = leaves<Tensor>(result);
  const actual = new Map<Tensor, Tensor>(symbols.map((symbol, i) => [symbol, given[i].leaf]));
  const pull = (cotangent: MapTree<Out, Tensor>): MapTree<Args, Tensor> => {
    const flows = matching('vjp: the cotangent', flatten<Tensor>(result), cotangent);
    const floats = symbols.filter(({ dtype }) => isFloat(dtype));
    const pulled = pullback(
      outputs,
      flows.map((flow, i) => (isFloat(outputs[i].dtype) ? flow : null)),
      floats,
    );
    const all = symbols.map((symbol) => pulled[floats.indexOf(symbol)] ?? zeros(symbol.shape, symbol.dtype));
    return unflatten(primals, substitute(all, actual)) as MapTree<Args, Tensor>;
  };
  return [unflatten(result, substitute(outputs, actual)), pull];
}

/**
 * The value of `fn` at `primals`, and how it changes along `tangents` (the Jacobian-vector product): one pass forwards, whatever the
 * number of outputs.
 *
 * Made by transposing the gradient rules twice, so every operator with a gradient has it. What is stopped or stated with
 * `customGradient` backwards is so forwards.
 *
 * @param primals, tangents The arguments, and one direction of the same form for each. Directions of integers do not count.
 * @throws `SHAPE_MISMATCH` when a tangent is not of its primal's form.
 * @example
 * const [y, dy] = jvp((x: Tensor) => tanh(x), [asarray([0, 1])], [asarray([1, 0])]);
 */
export function jvp<Args extends readonly unknown[], Out>(
  fn: (...args: Args) => Out,
  primals: Args,
  tangents: { readonly [I in keyof Args]: MapTree<Args[I], Tensor> },
): [MapTree<Out, Tensor>, MapTree<Out, Tensor>] {
  const given = flatten<Tensor>(primals);
  const directions = matching('jvp: the tangent', given, tangents);
  const symbols = given.map(({ leaf, path }) => new SymbolicTensor(leaf.dtype, leaf.shape, null, 0, path));
  const result = fn(...(unflatten(primals, symbols) as unknown as Args));
  const outputs = leaves<Tensor>(result);
  const floats = symbols.filter(({ dtype }) => isFloat(dtype));
  // What flows back is linear in the cotangents; the transpose of that linear map is what flows forwards.
  const flows = symbolsLike(outputs);
  const counted = flows.map((flow) => (isFloat(flow.dtype) ? flow : null));
  const pulled = pullback(outputs, counted, floats);
  const along = floats.map((symbol) => directions[symbols.indexOf(symbol)]);
  const pushed = pullback(
    pulled.map((g, i) => g ?? floats[i]),
    pulled.map((g, i) => (g === null ? null : along[i])),
    flows,
  );
  const derivatives = outputs.map(({ dtype, shape }, i) => pushed[i] ?? zeros(shape, dtype));
  const actual = new Map<Tensor, Tensor>(symbols.map((symbol, i) => [symbol, given[i].leaf]));
  // Of the linear map nothing depends on where it is taken.
  for (const flow of flows) actual.set(flow, zeros(flow.shape, flow.dtype));
  const values = substitute([...outputs, ...derivatives], actual);
  return [unflatten(result, values.slice(0, outputs.length)), unflatten(result, values.slice(outputs.length))];
}

/** The leaves of `tree`, checked to have the paths and specs of `like`, and in their order. */
function matching(what: string, like: readonly { readonly path: string; readonly leaf: Tensor }[], tree: unknown): Tensor[] {
  const found = leavesAt<Tensor>(
    like.map(({ path }) => path),
    tree,
  );
  return found.map(({ path, leaf }, i) => {
    const wanted = like[i]?.leaf;
    if (wanted !== undefined && isTensor(leaf) && (!isFloat(wanted.dtype) || sameSpec(wanted, leaf))) return leaf;
    throw new GradusError('SHAPE_MISMATCH', {
      what: `${what} has another form than its value${path === '' ? '' : ` at '${path}'`}`,
      received: isTensor(leaf) ? formatSpec(leaf) : 'nothing',
      expected: wanted === undefined ? 'nothing more' : formatSpec(wanted),
    });
  });
}

const sameSpec = (a: Tensor, b: Tensor): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);
