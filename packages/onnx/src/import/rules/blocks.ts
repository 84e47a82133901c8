/** Operators that put the elements of a tensor into another order. */
import { arange, less, reshape, subtract, takeAlongAxis, transpose, where, broadcastTo, cast, type Tensor } from '@gradus/graph';
import { along } from '../axes.js';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** Channels become blocks of `blocksize` by `blocksize` pixels (DCR: the block's position leads; CRD: the channel). */
function depthToSpace(call: Call): Tensor {
  const x = call.input(0);
  const [batch, channels, height, width] = x.shape;
  const size = call.int('blocksize')!;
  const depth = channels / size ** 2;
  const columnFirst = call.string('mode', 'DCR') === 'CRD';
  const blocks = reshape(x, columnFirst ? [batch, depth, size, size, height, width] : [batch, size, size, depth, height, width]);
  const moved = transpose(blocks, columnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return reshape(moved, [batch, depth, height * size, width * size]);
}

function spaceToDepth(call: Call): Tensor {
  const x = call.input(0);
  const [batch, channels, height, width] = x.shape;
  const size = call.int('blocksize')!;
  const blocks = reshape(x, [batch, channels, height / size, size, width / size, size]);
  return reshape(transpose(blocks, [0, 3, 5, 1, 2, 4]), [batch, channels * size ** 2, height / size, width / size]);
}

/** The first elements of each sequence backwards, as many as its length says; the others stay. */
function reverseSequence(call: Call): Tensor {
  const x = call.input(0);
  const [time, batch] = [call.int('time_axis', 0), call.int('batch_axis', 1)];
  const rank = x.shape.length;
  const lengths = along(cast(call.input(1), 'int64'), batch, rank);
  const steps = along(arange(0, x.shape[time], 1, 'int64'), time, rank);
  const positions = where(less(steps, lengths), subtract(subtract(lengths, 1), steps), steps);
  return takeAlongAxis(x, broadcastTo(positions, x.shape), { axis: time });
}

export const rules: Rules = { DepthToSpace: depthToSpace, ReverseSequence: reverseSequence, SpaceToDepth: spaceToDepth };
