/** The minimal demo, the chain demo and the advanced demo: their published numbers. */
import { describe, expect, it } from 'vitest';
import {
  consistency,
  DepthAwareBackend,
  finalMetrics,
  HCModel,
  HCNode,
  pythonExponential,
  pythonFixed,
  pythonRepr,
  sequenceModel,
  type BestEpoch,
} from '../src/index.js';
import { clip, Descent, norm, scheduledDepth } from './descent.js';
import advanced from './golden/advanced.json' with { type: 'json' };
import golden from './golden/demos.json' with { type: 'json' };
import { demoNodes, nodesOf, sineSequence } from './sine-sequence.js';

const near = (actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-12): void => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(actual[i] - value)).toBeLessThan(tolerance));
};

it('minimal: one node, the consistency of one step', () => {
  const model = new HCModel([new HCNode(new DepthAwareBackend({ outputDim: 3, w: 0.95, b: 0.05, span: 0.25 }))], { defaultBranches: 3 });
  const x = [0.2, -0.1, 0.4];
  const previous = [0.15, -0.05, 0.35];
  const { state, future, info } = model.forward(x, { previous });
  near(state, golden.minimal.s);
  near(future, golden.minimal.hat);
  golden.minimal.branches.forEach((row, k) => near(info.branches.row(k), row));
  expect(Math.abs(consistency(previous, state, future) - golden.minimal.loss)).toBeLessThan(1e-12);
});

it('chain: one step along forward differences', () => {
  const nodes = nodesOf([
    [0.9, 0.05, 0.2],
    [0.95, 0.02, 0.25],
    [1.05, 0, 0.3],
  ]);
  const { chain } = golden;
  const model = sequenceModel({ nodes, branches: 5, alpha: 0.8, beta: 1.2 });
  const run = new Descent(model, sineSequence(6, 0.7, 0.8));
  const before = run.losses();
  near([before.task, before.cons, before.coh, before.total], [chain.before.task, chain.before.cons, chain.before.coh, chain.before.total]);
  const gradients = run.forward(1e-3);
  near([norm(gradients)], [chain.grad_norm]);
  run.step(gradients, 0.05);
  near(run.theta, chain.params_after);
  const after = run.losses();
  near([after.task, after.cons, after.coh, after.total], [chain.after.task, chain.after.cons, chain.after.coh, chain.after.total]);
});

describe('advanced: frozen epochs after a change of depth, clipping by depth, rates that decay', () => {
  const model = sequenceModel({ nodes: demoNodes(), branches: 5, alpha: 0.8, beta: 1.2 });
  const batch = sineSequence(48);
  const run = new Descent(model, batch);
  const lines: string[] = [];
  let best: BestEpoch | null = null;
  for (let epoch = 0, last = 1; epoch < 16; epoch++) {
    const depth = scheduledDepth(epoch, 1, 3, 15);
    model.depth = depth;
    const rate = (0.05 / (1 + 0.5 * (depth - 1))) * (1 / (1 + 0.5 * epoch));
    const epsilon = (1e-3 / (1 + 0.3 * (depth - 1))) * (1 / (1 + 0.3 * epoch));
    const tail = `lr_eff=${pythonExponential(rate, 3)} eps_eff=${pythonExponential(epsilon, 3)}`;
    const depths = `depth=${pythonRepr(model.depths)}`;
    const before = run.losses();
    let after = before;
    if (depth !== last) {
      lines.push(`[Epoch ${epoch}] FREEZE ${depths} total=${pythonFixed(before.total, 6)} ${tail}`);
    } else {
      const raw = run.central(epsilon);
      const clipped = clip(raw, [0.05, 0.075, 0.1][depth - 1]);
      run.step(clipped, rate);
      after = run.losses();
      const totals = `total_before=${pythonFixed(before.total, 6)} total_after=${pythonFixed(after.total, 6)}`;
      const norms = `||g||_before=${pythonExponential(norm(raw), 3)} ||g||_after=${pythonExponential(norm(clipped), 3)}`;
      lines.push(`[Epoch ${epoch}] ${totals} ${depths} ${tail} ${norms}`);
    }
    if (best === null || after.total < best.total) best = { epoch, ...after };
    last = depth;
  }

  it('prints the published lines', () => expect(lines).toEqual(advanced.lines));

  it('ends with the published best epoch and metrics', () => {
    const { epoch, task, cons, coh, total } = best!;
    near([epoch, task, cons, coh, total], Object.values(advanced.best));
    near(Object.values(finalMetrics(batch.target, run.predict().state)), Object.values(advanced.metrics));
  });
});
