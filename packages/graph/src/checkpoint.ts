/** Recomputation: memory of a function's intermediate values given back in exchange for computing them twice. */
import { pullback } from './autodiff.js';
import { closeOver, inline, symbolsLike } from './closure.js';
import { isFloat } from './dtype.js';
import { expandDims, squeeze } from './functions/axes.js';
import { zeros } from './ndarray.js';
import { customGradient } from './ops/custom-gradient.js';
import { scan } from './ops/scan.js';
import type { Tensor } from './tensor.js';
import { leaves, unflatten, type MapTree } from './tree.js';

/**
 * `fn` computed again when its gradient is, from its arguments alone: nothing in between stays in memory from the way forward to
 * the way back. Use it on the blocks of a deep network. Values and gradients are the same. Chen et al. (2016).
 *
 * The recomputation runs in a loop of one step, which keeps engines from recognising it as what they have computed before.
 *
 * @example const block = checkpoint((params, x) => transformerBlock(params, x));
 */
export function checkpoint<Args extends readonly unknown[], Out>(fn: (...args: Args) => Out): (...args: Args) => MapTree<Out, Tensor> {
  return (...args) => {
    const given = leaves<Tensor>(args);
    const symbols = symbolsLike(given);
    const result = fn(...(unflatten(args, symbols) as unknown as Args));
    // What fn captures gets gradients too, so it counts as an argument.
    const { graph, captured } = closeOver(symbols, leaves<Tensor>(result));
    const again = customGradient((...all: Tensor[]) => [
      inline(graph, all),
      (flows: Tensor[]) => {
        const alone = (x: Tensor): Tensor => expandDims(x, 0);
        const [, gradients] = scan(
          (_, row: { all: Tensor[]; flows: Tensor[] }) => {
            const floats = row.all.filter(({ dtype }) => isFloat(dtype));
            const counted = row.flows.map((flow) => (isFloat(flow.dtype) ? flow : null));
            const pulled = pullback(inline(graph, row.all), counted, floats);
            return [[], pulled.map((g, i) => g ?? zeros(floats[i].shape, floats[i].dtype))];
          },
          [] as Tensor[],
          { all: all.map(alone), flows: flows.map(alone) },
        );
        const each = gradients.map((g) => squeeze(g, 0));
        let next = 0;
        return all.map(({ dtype }) => (isFloat(dtype) ? each[next++] : null));
      },
    ]);
    return unflatten(result, again(...given, ...captured));
  };
}
