/** Layers computed twice to save memory. */
import { checkpoint, type Tensor } from '@gradus/graph';
import type { Layer } from '../layer.js';

/**
 * The same layer, which keeps nothing of its inside for the way back: its values are computed again there. The same values and gradients,
 * buffers and random masks; a third more work for a fraction of the memory. Chen et al. (2016).
 *
 * @example sequential([checkpointed(block), checkpointed(block)]);
 */
export function checkpointed(layer: Layer): Layer {
  return {
    ...layer,
    apply(params, x, context, extras = {}) {
      if (!context.training) return layer.apply(params, x, context, extras);
      const run = checkpoint((own: typeof params, input: Tensor, key: Tensor, buffers: typeof params, given: Record<string, Tensor>) => {
        const next: Record<string, Tensor> = {};
        const setBuffer = (name: string, value: Tensor): void => void (next[name] = value);
        const output = layer.apply(own, input, { ...context, key, buffers, setBuffer }, given);
        return { output, next };
      });
      const known = Object.fromEntries(Object.entries(extras).filter((entry): entry is [string, Tensor] => entry[1] !== undefined));
      const { output, next } = run(params, x, context.key, context.buffers, known);
      for (const [name, value] of Object.entries(next)) context.setBuffer?.(name, value);
      return output;
    },
  };
}
