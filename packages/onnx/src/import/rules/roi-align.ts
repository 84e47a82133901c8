/** RoiAlign: regions of images as small images of one size (He et al., 2017). */
import {
  abs,
  add,
  arange,
  checkElements,
  clip,
  divide,
  greaterEqual,
  lessEqual,
  logicalAnd,
  matmul,
  max,
  maximum,
  mean,
  multiply,
  reshape,
  slice,
  subtract,
  take,
  transpose,
  where,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** Where the samples of one axis lie in pixels, as [regions, bins * samples]. */
function places(start: Tensor, length: Tensor, bins: number, samples: number): Tensor {
  checkElements('RoiAlign', [bins, samples]);
  const steps = divide(add(arange(0, bins * samples, 1, start.dtype), 0.5), bins * samples);
  return add(start, multiply(length, steps));
}

/** The share of every pixel of an axis in every sample, as [regions, samples, size]: linear between the two pixels beside it. */
function shares(at: Tensor, size: number): Tensor {
  const column = (x: Tensor): Tensor => reshape(x, [...x.shape, 1]);
  const near = clip(at, 0, size - 1);
  const hat = maximum(subtract(1, abs(subtract(column(near), arange(0, size, 1, at.dtype)))), 0);
  // A pixel beyond the border there is nothing.
  return where(column(logicalAnd(greaterEqual(at, -1), lessEqual(at, size))), hat, 0);
}

function roiAlign(call: Call): Tensor {
  const [x, regions, images] = call.tensors();
  const [rows, columns] = [call.count('output_height', 1), call.count('output_width', 1)];
  const samples = call.int('sampling_ratio', 0);
  if (samples < 1) throw call.unsupported('a number of samples that depends on the size of a region', "Give it a 'sampling_ratio'.");
  const shifted = call.version >= 16 && call.string('coordinate_transformation_mode', 'half_pixel') === 'half_pixel';
  const edge = (i: number): Tensor => {
    const scaled = multiply(slice(regions, { axis: 1, start: i, stop: i + 1 }), call.float('spatial_scale', 1));
    return shifted ? subtract(scaled, 0.5) : scaled;
  };
  const [left, top, right, bottom] = [0, 1, 2, 3].map(edge);
  const extent = (from: Tensor, to: Tensor): Tensor => (shifted ? subtract(to, from) : maximum(subtract(to, from), 1));

  const [, channels, height, width] = x.shape;
  const count = regions.shape[0];
  const vertical = shares(places(top, extent(top, bottom), rows, samples), height);
  const horizontal = shares(places(left, extent(left, right), columns, samples), width);
  const perImage = (weights: Tensor): Tensor => reshape(weights, [count, 1, ...weights.shape.slice(1)]);
  const image = take(x, images, { axis: 0 });
  const sampled = matmul(matmul(perImage(vertical), image), transpose(perImage(horizontal), [0, 1, 3, 2]));
  const bins = reshape(sampled, [count, channels, rows, samples, columns, samples]);
  return (call.string('mode', 'avg') === 'max' ? max : mean)(bins, { axes: [3, 5] });
}

export const rules: Rules = { RoiAlign: roiAlign };
