/** AveragePool of float64, which ONNX Runtime lacks: windows unfolded and summed. */
import { divide, ones, sizeOf, sum, unfold, type RewriteRule } from '@gradus/graph';

export const wideAveragePool: RewriteRule = ({ operator, attributes }, [x]) => {
  if (operator.name !== 'AveragePool' || x.dtype !== 'float64') return null;
  const { kernel, strides, pads, countIncludePad } = attributes as unknown as Record<string, readonly number[]> & {
    countIncludePad: number;
  };
  const options = { strides, pads: kernel.map((_, axis) => [pads[axis], pads[kernel.length + axis]] as const) };
  const totals = (t: typeof x) => sum(unfold(t, kernel, options), { axes: 2 });
  return [divide(totals(x), countIncludePad === 1 ? sizeOf(kernel) : totals(ones([1, 1, ...x.shape.slice(2)], 'float64')))];
};
