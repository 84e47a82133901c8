/** Operators that cannot be imported for what they are: they draw random numbers, or the shape of their result depends on values. */
import { asarray, type NDArray } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rule, Rules } from '../rule.js';

const random: Rule = (call) => {
  throw call.unsupported(
    'random numbers without a key',
    'Give the random numbers as an input; Gradus draws them from explicit keys, the same on every engine.',
  );
};

const shapeOfValues: Rule = (call) => {
  throw call.unsupported('a result whose shape depends on values', 'End the model before this node, and do the rest in JavaScript.');
};

/** Positions of what is not zero, one row per axis: for known values only, as exporters make ranges of it. */
function nonZero(call: Call): NDArray {
  const { data, shape } = call.array(0);
  const found = [...data.keys()].filter((i) => Number(data[i]) !== 0);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const positions = shape.flatMap((n, axis) => found.map((i) => Math.floor(i / strides[axis]) % n));
  return asarray(positions, { dtype: 'int64', shape: [shape.length, found.length] });
}

export const rules: Rules = {
  Bernoulli: random,
  Multinomial: random,
  NonMaxSuppression: shapeOfValues,
  NonZero: nonZero,
  RandomNormal: random,
  RandomNormalLike: random,
  RandomUniform: random,
  RandomUniformLike: random,
  Unique: shapeOfValues,
};
