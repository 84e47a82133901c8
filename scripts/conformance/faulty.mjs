// Tests whose expected outputs contradict their own model, each with the proof.

const FRACTIONAL_LENGTH =
  'the expected outputs align corners to a length of scale * size that is no whole number; the operator says the length of the result';

export const FAULTY = {
  'node/test_adam_multiple': 'the expected outputs are those of an epsilon of 0.01, which the model does not name (its default is 1e-6)',
  'node/test_resize_downsample_scales_cubic_align_corners': FRACTIONAL_LENGTH,
  'node/test_resize_downsample_scales_linear_align_corners': FRACTIONAL_LENGTH,
};
