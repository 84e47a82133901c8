/** The demo of training with callbacks, 12 epochs: every number of it, to 1e-12. */
import { expect, it } from 'vitest';
import {
  finalMetrics,
  formatBest,
  formatEarlyStop,
  formatEpochLine,
  formatFinalMetrics,
  formatSummary,
  ratesAt,
  sequenceModel,
  type BestEpoch,
  type SequenceLosses,
} from '../src/index.js';
import { clip, Descent, norm, scheduledDepth } from './descent.js';
import golden from './golden/demos.json' with { type: 'json' };
import { demoNodes, sineSequence } from './sine-sequence.js';

const { demo } = golden;
const STEPS = 48;
const EPOCHS = 12;

/** Largest difference between numbers at the same places. */
const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));
};
const terms = ({ task, cons, coh, total }: SequenceLosses): number[] => [task, cons, coh, total];

it('makes the inputs of the demo', () => {
  expect(difference(sineSequence(STEPS).x.data as Float64Array, demo.x_seq.flat())).toBeLessThan(1e-15);
});

it('reproduces every epoch, the metrics, the best epoch and the printed lines', () => {
  const model = sequenceModel({ nodes: demoNodes(), branches: 5, alpha: 0.8, beta: 1.2 });
  const events: Record<string, number> = {};
  const batch = sineSequence(STEPS);
  const run = new Descent(model, batch, (event) => (events[event] = (events[event] ?? 0) + 1));
  let best: BestEpoch | null = null;
  const lines: string[] = [];

  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const expected = demo.epochs[epoch];
    model.depth = scheduledDepth(epoch, 1, 3, EPOCHS - 1);
    expect(model.depths).toEqual([expected.depth, expected.depth, expected.depth]);
    const { learningRate, epsilon } = ratesAt(model.depth);
    expect(difference([learningRate, epsilon], [expected.lr, expected.eps])).toBeLessThan(1e-15);

    const before = run.losses();
    expect(difference(terms(before), terms(expected.before))).toBeLessThan(1e-12);
    const raw = run.central(epsilon);
    expect(difference(raw, expected.grads_raw)).toBeLessThan(1e-12);
    expect(difference([norm(raw)], [expected.grad_norm])).toBeLessThan(1e-12);
    const clipped = clip(raw, 0.05);
    expect(difference(clipped, expected.grads)).toBeLessThan(1e-12);
    run.step(clipped, learningRate);
    expect(difference(run.theta, expected.params_after)).toBeLessThan(1e-12);
    const after = run.losses();
    expect(difference(terms(after), terms(expected.after))).toBeLessThan(1e-12);

    if (best === null || after.total < best.total) best = { epoch, ...after };
    lines.push(formatEpochLine({ record: { epoch, loss_before: before, loss_after: after }, depths: model.depths, learningRate, epsilon }));
  }
  expect(lines).toEqual(demo.lines);

  const { state } = run.predict();
  expect(difference(Array.from({ length: STEPS }, (_, t) => Number(state.data[3 * t])), demo.channel0)).toBeLessThan(1e-12);
  const metrics = finalMetrics(batch.target, state);
  const { smape, rmse, overshoot, robustness } = demo.metrics;
  expect(difference(Object.values(metrics), [smape, rmse, overshoot, robustness])).toBeLessThan(1e-12);
  expect(best!.epoch).toBe(demo.best.epoch);
  expect(difference(terms(best!), terms(demo.best))).toBeLessThan(1e-12);
  expect(formatFinalMetrics(metrics)).toBe(
    [
      '=== Final metrics (channel 0) ===',
      'SMAPE:      100.000000 %',
      'RMSE:       0.165016',
      'Overshoot:  0.000000',
      'Robustness: 0.973491',
    ].join('\n'),
  );

  expect(run.passes).toBe(demo.forward_passes);
  expect(events).toEqual({ step_begin: 181 * STEPS, step_end: 181 * STEPS });
  expect(events.step_begin + events.step_end + 2 * EPOCHS).toBe(demo.telemetry_records);
});

it('prints the best epoch, an early stop and the summary as the demo does', () => {
  expect(formatEarlyStop(13, demo.best)).toBe('Early stopping activated at epoch 13. Best total=0.022259 (epoch 11).');
  const metrics = { smape: 100, rmse: 0.1650163483221719, overshoot: 0, robustness: 0.9734914432630335 };
  expect(formatBest(demo.best)).toBe(
    "Best epoch snapshot: {'epoch': 11, 'task': 0.018001068416014097, 'cons': 0.0010439829584105837, " +
      "'coh': 0.012454292234950454, 'total': 0.022259347565704524}",
  );
  expect(formatSummary(demo.best, metrics)).toBe(`{
  "best": {
    "epoch": 11,
    "task": 0.018001068416014097,
    "cons": 0.0010439829584105837,
    "coh": 0.012454292234950454,
    "total": 0.022259347565704524
  },
  "metrics": {
    "smape": 100.0,
    "rmse": 0.1650163483221719,
    "overshoot": 0.0,
    "robustness": 0.9734914432630335
  }
}`);
});

it.each([
  ['initial, depth 1', 1, demo.epochs[0].before, demo.trace_initial_depth1],
  ['final, depth 3', 3, null, demo.trace_final_depth3],
] as const)('has the states, branches and selections of single steps: %s', (_, depth, before, trace) => {
  const nodes = demoNodes();
  const theta = before === null ? demo.epochs[EPOCHS - 1].params_after : [0.9, 0.03, 0.97, 0.02, 1.05, 0];
  const model = sequenceModel({ nodes, branches: 5 });
  model.depth = depth;
  nodes.forEach(({ backend }, n) => backend.setParams({ w: [theta[2 * n]], b: [theta[2 * n + 1]] }));
  for (const [t, expected] of Object.entries(trace)) {
    let x: ArrayLike<number> = demo.x_seq[Number(t)];
    nodes.forEach((node, n) => {
      const { state, future, info } = node.forward(x, { branches: 5 });
      expect(difference(state, expected[n].state)).toBeLessThan(1e-14);
      expect(difference(info.branches.data, expected[n].branches.flat())).toBeLessThan(1e-14);
      expect(difference(future, expected[n].hat)).toBeLessThan(1e-14);
      x = state;
    });
  }
});
