/** Rules against the published library's numbers, and by hand. */
import { asarray, matmul, transpose, type NDArray, type Nested } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { numbers, read } from '../../test/golden.js';
import { crossEntropyFullyConnected, crossEntropyRule, fullyConnected, perceptronRule, tanhRule, truncatedTanhRule, type Adapter, type Experience, type LocalRule } from '../index.js';

type Unit = Readonly<Record<string, Nested>>;
const units = read<Record<string, Unit>>('units');
const { rules: exact } = read<{ rules: Record<string, Nested> }>('reference');
const f64 = (values: Nested): NDArray => asarray(values, { dtype: 'float64' });
const setting = { dtype: 'float64', semantics: 'current' } as const;

/** The update of a dense edge with this rule, as the files have it: a row for each sender. */
function update(edge: Adapter, { x, y, y_hat: field }: Unit, further: Partial<Experience> = {}, semantics: 'current' | 'seed' = 'current'): number[] {
  const { weight } = edge.update!({}, { x: f64(x), y: f64(y), field: f64(field), ...further }, { ...setting, semantics });
  return numbers(transpose(weight));
}
const dense = (rule: LocalRule): Adapter => fullyConnected({ in: 3, out: 2, rule });
const near = (actual: readonly number[], expected: Nested): void => {
  numbers(expected).forEach((value, i) => expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(1e-12));
  expect(actual).toHaveLength(numbers(expected).length);
};

describe('rules', () => {
  const perceptron = { ...units.perceptron };
  it('perceptron', () => near(update(fullyConnected({ in: 3, out: 2, threshold: 0.3 }), perceptron), exact.perceptron));
  it('perceptron, with a gate', () => {
    const gate = f64((units.perceptron_gated.gate as Nested[]).flat() as Nested);
    near(update(dense(perceptronRule({ threshold: 0.3 })), perceptron, { gate }), exact.perceptron_gated);
  });
  it('perceptron, as the seed scales it', () => near(update(dense(perceptronRule({ threshold: 0.3 })), perceptron, {}, 'seed'), exact.perceptron_seed));
  it('tanh', () => near(update(dense(tanhRule({ tolerance: 0.2 })), units.tanh_rule), exact.tanh_rule));
  it('truncated tanh', () => near(update(dense(truncatedTanhRule({ threshold: 0.3, tolerance: 0.5 })), units.tanh_truncated_rule), exact.tanh_truncated_rule));
  it('cross-entropy', () => {
    near(update(dense(crossEntropyRule()), units.ce_rule), exact.ce_rule);
    near(update(crossEntropyFullyConnected({ in: 3, out: 2 }), units.ce_rule), exact.ce_rule);
  });
  it('the reference is the published numbers', () => {
    for (const [name, value] of Object.entries(exact)) {
      const published = units[name]?.out;
      if (published !== undefined) numbers(published).forEach((v, i) => expect(Math.abs(v - numbers(value)[i])).toBeLessThanOrEqual(1e-6));
    }
  });
  it('rates and decay of an edge', () => {
    const { W, lr, weight_decay: decay, threshold } = units.fc_lr_wd;
    const edge = fullyConnected({ in: 3, out: 2, threshold: threshold as number, learningRate: lr as number, weightDecay: decay as number });
    const learned = edge.update!({}, { x: f64(units.fc_lr_wd.x), y: f64(units.fc_lr_wd.y), field: f64(units.fc_lr_wd.y_hat) }, setting);
    near(numbers(transpose(edge.withRates!(learned, { weight: transpose(f64(W)) }).weight)), exact.fc_lr_wd);
  });

  it('a margin that is met exactly counts as a mistake, and one for each unit is heard', () => {
    const slope = (threshold: number | number[]): Nested => (perceptronRule({ threshold }).slope(f64([[1, -1, 1]]), f64([[0.5, -0.5, 0.6]])) as NDArray).toArray();
    expect(slope(0.5)).toEqual([[-1, 1, 0]]);
    expect(slope([0.4, 0.4, 0.7])).toEqual([[0, 0, -1]]);
  });
  it('targets that are not ±1 weigh the update by themselves', () => {
    const rule = perceptronRule({ threshold: 1 });
    expect((rule.slope(f64([[1.081, -0.5]]), f64([[0.5, 0.5]])) as NDArray).toArray()).toEqual([[-1.081, 0.5]]);
  });
  it('a step against the update raises the margins of the mistakes', () => {
    const x = f64([[1, -1, 1], [-1, -1, 1]]);
    const y = f64([[1, -1], [1, 1]]);
    const weight = f64([[0.1, 0.2, -0.3], [0.2, 0.1, 0.4]]);
    const margins = (w: NDArray): number[] => numbers(matmul(x, transpose(w))).map((h, i) => h * numbers(y)[i]);
    const field = matmul(x, transpose(weight));
    const step = fullyConnected({ in: 3, out: 2, threshold: 5 }).update!({}, { x, y, field }, setting).weight;
    const after = f64(numbers(weight).map((w, i) => w - 0.1 * numbers(step)[i]));
    const moved = margins(asarray(after, { shape: [2, 3] }));
    expect(moved.reduce((a, b) => a + b)).toBeGreaterThan(margins(weight).reduce((a, b) => a + b));
  });
  it.each([
    [() => perceptronRule({ threshold: NaN }), 'INVALID_ARGUMENT', /'threshold' of perceptronRule.*a finite number, or a list/],
    [() => tanhRule({ margin: 1 } as never), 'INVALID_ARGUMENT', /tanhRule has no option 'margin'/],
    [() => fullyConnected({ in: 3, out: 2, threshold: [1, 2, 3] }), 'SHAPE_MISMATCH', /'threshold' of fullyConnected\(\{ in: 3, out: 2 \}\) has another number of units.*3 numbers.*one number, or 2/],
    [() => fullyConnected({ in: 3, out: 2, threshold: 1, rule: crossEntropyRule() }), 'INVALID_ARGUMENT', /a threshold and a rule.*crossEntropyRule/],
  ] as const)('refuses %s', (act, code, message) => {
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
