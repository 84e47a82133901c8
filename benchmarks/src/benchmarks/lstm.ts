import { dense, lstm as lstmLayer, sequential, softmaxCrossEntropy, supervised } from 'gradus';
import type { Benchmark } from '../benchmark.js';
import { trainingRows } from '../training.js';
import type { Workload } from '../workload.js';

const BATCH = 32;
const FEATURES = 32;
const HIDDEN = 64;

/** The last state classifies a sequence. */
function workload(time: number): Workload {
  const net = sequential([lstmLayer({ in: FEATURES, out: HIDDEN, returnSequences: false }), dense({ in: HIDDEN, out: 10 })]);
  const input = time * FEATURES * 4 * HIDDEN;
  const recurrent = time * HIDDEN * 4 * HIDDEN;
  return {
    name: `LSTM(64) over ${time} steps, batch ${BATCH}`,
    model: supervised({ name: 'lstm', net, loss: softmaxCrossEntropy }),
    peer: { kind: 'lstm', features: FEATURES, hidden: HIDDEN, time },
    batch: BATCH,
    input: [time, FEATURES],
    classes: 10,
    steps: 8,
    perCall: [1, 8],
    flops: 2 * BATCH * (2 * input + 3 * recurrent + 3 * HIDDEN * 10),
  };
}

export const lstm: Benchmark = {
  name: 'lstm',
  about: 'an LSTM of 64 units over 20 and 200 steps of 32 features',
  rows: (options) => trainingRows([workload(20), workload(200)], options),
};
