// Tests whose expected outputs contradict their own model, each with the proof.

export const FAULTY = {
  'node/test_adam_multiple': 'the expected outputs are those of an epsilon of 0.01, which the model does not name (its default is 1e-6)',
};
