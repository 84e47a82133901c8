/** Operators that put elements into another order, or repeat them. */
import { depthToSpace, reverseSequence, spaceToDepth, tile, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** How often along each axis; before operator set 6, how often along one. */
function tiled(call: Call): Tensor {
  const x = call.input(0);
  if (call.version >= 6) return tile(x, call.numbers(1)!);
  const [times, axis] = [call.array(1).item(), call.array(2).item()];
  return tile(
    x,
    x.shape.map((_, i) => (i === axis ? times : 1)),
  );
}

export const rules: Rules = {
  DepthToSpace: (call) => depthToSpace(call.input(0), call.count('blocksize'), { mode: call.string('mode') === 'CRD' ? 'CRD' : 'DCR' }),
  ReverseSequence: (call) =>
    reverseSequence(call.input(0), call.input(1), { batchAxis: call.int('batch_axis', 1), timeAxis: call.int('time_axis', 0) }),
  SpaceToDepth: (call) => spaceToDepth(call.input(0), call.count('blocksize')),
  Tile: tiled,
};
