/** Every metric against plain loops over weighted samples, whole and cut into batches; examples; areas under curves; errors. */
import type { Statistics } from '@gradus/core';
import { add, asarray, jsEngine, leaves, trace, type NDArray, type Nested, type Tensor } from '@gradus/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metric } from '../metric.js';
import * as metrics from './index.js';

const f64 = (values: Nested): NDArray => asarray(values, { dtype: 'float64' });
const i32 = (values: Nested): NDArray => asarray(values, { dtype: 'int32' });
const value = (metric: Metric, outputs: Tensor, targets: Tensor, weights?: Tensor): number =>
  (metric.result(metric.statistics(outputs, targets, weights)) as NDArray).item();

/** One sample: its outputs, its target (a label, a bool, or numbers), its weight. */
interface Sample {
  readonly z: readonly number[];
  readonly y: number | readonly number[];
  readonly w: number;
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const quotient = (a: number, b: number): number => (b === 0 ? 0 : a / b);
const mean = (samples: readonly Sample[], of: (sample: Sample) => number): number =>
  quotient(total(samples.map((s) => s.w * of(s))), total(samples.map((s) => s.w)));
const softmax = (z: readonly number[]): number[] => z.map((v) => Math.exp(v) / total(z.map(Math.exp)));
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const winner = ({ z }: Sample): number => z.indexOf(Math.max(...z));
const weigh = (samples: readonly Sample[], which: (sample: Sample) => boolean): number => total(samples.filter(which).map((s) => s.w));
const label = ({ y }: Sample): number => y as number;
const unlikelihood = (s: Sample): number => -Math.log(softmax(s.z)[label(s)]);

const CLASSES = 4;
const classes = [...new Array(CLASSES).keys()];

/** The counts of a class for decisions `p` and truths `t`. */
const outcomes = (samples: readonly Sample[], c: number, p: (s: Sample) => number) => ({
  tp: weigh(samples, (s) => p(s) === c && s.y === c),
  fp: weigh(samples, (s) => p(s) === c && s.y !== c),
  fn: weigh(samples, (s) => p(s) !== c && s.y === c),
  tn: weigh(samples, (s) => p(s) !== c && s.y !== c),
});
type Outcomes = ReturnType<typeof outcomes>;

const macro = (samples: readonly Sample[], of: (o: Outcomes) => number, occurs = (o: Outcomes) => o.tp + o.fp + o.fn > 0): number => {
  const occurring = classes.map((c) => outcomes(samples, c, winner)).filter(occurs);
  return quotient(total(occurring.map(of)), occurring.length);
};
const micro = (samples: readonly Sample[], of: (o: Outcomes) => number): number => {
  const each = classes.map((c) => outcomes(samples, c, winner));
  const sumOf = (key: keyof Outcomes): number => total(each.map((o) => o[key]));
  return of({ tp: sumOf('tp'), fp: sumOf('fp'), fn: sumOf('fn'), tn: sumOf('tn') });
};
const yes = ({ z }: Sample): number => (z[0] > 0 ? 1 : 0);
const binary = (samples: readonly Sample[], of: (o: Outcomes) => number): number => of(outcomes(samples, 1, yes));

const precision = ({ tp, fp }: Outcomes): number => quotient(tp, tp + fp);
const recall = ({ tp, fn }: Outcomes): number => quotient(tp, tp + fn);
const specificity = ({ tn, fp }: Outcomes): number => quotient(tn, tn + fp);
const f =
  (beta: number) =>
  ({ tp, fp, fn }: Outcomes): number =>
    quotient((1 + beta ** 2) * tp, (1 + beta ** 2) * tp + beta ** 2 * fn + fp);

function kappa(samples: readonly Sample[]): number {
  const all = weigh(samples, () => true);
  const chance = total(
    classes.map(
      (c) =>
        quotient(
          weigh(samples, (s) => winner(s) === c),
          all,
        ) *
        quotient(
          weigh(samples, (s) => s.y === c),
          all,
        ),
    ),
  );
  return quotient(mean(samples, (s) => Number(winner(s) === s.y)) - chance, 1 - chance);
}

/** The correlation of one-hot predictions and labels: the sum of covariances over the root of the product of the sums of variances. */
function matthews(samples: readonly Sample[]): number {
  const sumOver = (a: (s: Sample) => number, b: (s: Sample) => number): number =>
    total(
      classes.map((c) => {
        const [of, and] = [(s: Sample) => Number(a(s) === c), (s: Sample) => Number(b(s) === c)];
        return mean(samples, (s) => (of(s) - mean(samples, of)) * (and(s) - mean(samples, and)));
      }),
    );
  const scale = Math.sqrt(sumOver(winner, winner) * sumOver(label, label));
  return scale < 1e-9 ? 0 : sumOver(winner, label) / scale;
}

/** How probably a positive scores higher than a negative. */
function ranking(samples: readonly Sample[], score = (s: Sample) => s.z[0]): number {
  const [p, n] = [samples.filter((s) => s.y === 1), samples.filter((s) => s.y === 0)];
  const won = (a: Sample, b: Sample): number => a.w * b.w * (score(a) > score(b) ? 1 : score(a) === score(b) ? 0.5 : 0);
  return quotient(total(p.flatMap((a) => n.map((b) => won(a, b)))), weigh(p, () => true) * weigh(n, () => true));
}

function averagePrecision(samples: readonly Sample[]): number {
  const positives = samples.filter((s) => s.y === 1);
  const precisionAt = (a: Sample): number => {
    const above = samples.filter((s) => s.z[0] >= a.z[0]);
    return quotient(
      weigh(above, (s) => s.y === 1),
      weigh(above, () => true),
    );
  };
  return mean(positives, precisionAt);
}

function calibration(samples: readonly Sample[], bins: number, confidence: (s: Sample) => number, right: (s: Sample) => number): number {
  const inBin = (b: number): Sample[] => samples.filter((s) => Math.min(Math.floor(confidence(s) * bins), bins - 1) === b);
  const gaps = [...new Array(bins).keys()].map(inBin).map((own) => Math.abs(total(own.map((s) => s.w * (right(s) - confidence(s))))));
  return quotient(
    total(gaps),
    weigh(samples, () => true),
  );
}

const columns = (samples: readonly Sample[], of: (pairs: readonly Sample[]) => number): number =>
  total([0, 1].map((c) => of(samples.map(({ z, y, w }) => ({ z: [z[c]], y: [(y as number[])[c]], w }))))) / 2;
const target = ({ y }: Sample): number => (y as number[])[0];
const output = ({ z }: Sample): number => z[0];
const spread = (samples: readonly Sample[], of: (s: Sample) => number): number => mean(samples, (s) => (of(s) - mean(samples, of)) ** 2);

function r2(samples: readonly Sample[]): number {
  const missed = mean(samples, (s) => (target(s) - output(s)) ** 2);
  const varied = spread(samples, target);
  return varied < 1e-9 ? Number(missed === 0) : 1 - missed / varied;
}

function pearson(samples: readonly Sample[]): number {
  const scale = Math.sqrt(spread(samples, target) * spread(samples, output));
  if (scale < 1e-9) return 0;
  return mean(samples, (s) => (output(s) - mean(samples, output)) * (target(s) - mean(samples, target))) / scale;
}

const each =
  (of: (z: number, y: number) => number) =>
  (samples: readonly Sample[]): number =>
    mean(samples, ({ z, y }) => (of(z[0], (y as number[])[0]) + of(z[1], (y as number[])[1])) / 2);
const cosine = ({ z, y }: Sample): number => {
  const t = y as number[];
  return (z[0] * t[0] + z[1] * t[1]) / Math.max(Math.hypot(...z), 1e-8) / Math.max(Math.hypot(...t), 1e-8);
};

type Kind = 'classes' | 'binary' | 'regression';
type Row = readonly [name: string, metric: Metric, kind: Kind, reference: (samples: readonly Sample[]) => number];

const table: readonly Row[] = [
  ['accuracy', metrics.accuracy, 'classes', (s) => mean(s, (one) => Number(winner(one) === one.y))],
  [
    'topKAccuracy',
    metrics.topKAccuracyWith({ k: 2 }),
    'classes',
    (s) => mean(s, ({ z, y }) => Number(z.filter((v, i) => v > z[y as number] || (v === z[y as number] && i < (y as number))).length < 2)),
  ],
  ['hammingLoss', metrics.hammingLoss, 'classes', (s) => mean(s, (one) => Number(winner(one) !== one.y))],
  ['hammingLoss', metrics.hammingLoss, 'binary', (s) => mean(s, (one) => Number(yes(one) !== one.y))],
  ['binaryAccuracy', metrics.binaryAccuracy, 'binary', (s) => mean(s, (one) => Number(yes(one) === one.y))],
  [
    'binaryAccuracy',
    metrics.binaryAccuracyWith({ threshold: 0.7 }),
    'binary',
    (s) => mean(s, (one) => Number(sigmoid(one.z[0]) > 0.7 === (one.y === 1))),
  ],
  ['precision', metrics.precision, 'binary', (s) => binary(s, precision)],
  ['precision', metrics.precision, 'classes', (s) => macro(s, precision)],
  ['precision', metrics.precisionWith({ average: 'micro' }), 'classes', (s) => micro(s, precision)],
  ['recall', metrics.recall, 'binary', (s) => binary(s, recall)],
  ['recall', metrics.recallWith({ average: 'macro' }), 'classes', (s) => macro(s, recall)],
  ['recall', metrics.recallWith({ average: 'micro' }), 'classes', (s) => micro(s, recall)],
  ['specificity', metrics.specificity, 'binary', (s) => binary(s, specificity)],
  ['specificity', metrics.specificity, 'classes', (s) => macro(s, specificity)],
  ['specificity', metrics.specificityWith({ average: 'micro' }), 'classes', (s) => micro(s, specificity)],
  ['f1', metrics.f1, 'binary', (s) => binary(s, f(1))],
  ['f1', metrics.f1, 'classes', (s) => macro(s, f(1))],
  ['fBeta', metrics.fBetaWith({ beta: 2, average: 'micro' }), 'classes', (s) => micro(s, f(2))],
  ['fBeta', metrics.fBetaWith({ beta: 0.5 }), 'binary', (s) => binary(s, f(0.5))],
  ['balancedAccuracy', metrics.balancedAccuracy, 'classes', (s) => macro(s, recall, ({ tp, fn }) => tp + fn > 0)],
  ['meanIoU', metrics.meanIoU, 'classes', (s) => macro(s, ({ tp, fp, fn }) => tp / (tp + fp + fn))],
  ['cohenKappa', metrics.cohenKappa, 'classes', kappa],
  ['matthewsCorrelation', metrics.matthewsCorrelation, 'classes', matthews],
  ['rocAuc', metrics.rocAuc, 'binary', (s) => ranking(s)],
  ['prAuc', metrics.prAuc, 'binary', averagePrecision],
  [
    'calibrationError',
    metrics.calibrationError,
    'classes',
    (s) =>
      calibration(
        s,
        15,
        ({ z }) => Math.max(...softmax(z)),
        (one) => Number(winner(one) === one.y),
      ),
  ],
  ['calibrationError', metrics.calibrationErrorWith({ bins: 5 }), 'binary', (s) => calibration(s, 5, ({ z }) => sigmoid(z[0]), label)],
  ['crossEntropy', metrics.crossEntropy, 'classes', (s) => mean(s, unlikelihood)],
  [
    'crossEntropy',
    metrics.crossEntropyWith({ ignoreIndex: 2 }),
    'classes',
    (s) =>
      mean(
        s.filter(({ y }) => y !== 2),
        unlikelihood,
      ),
  ],
  ['perplexity', metrics.perplexity, 'classes', (s) => Math.exp(mean(s, unlikelihood))],
  ['bitsPerDim', metrics.bitsPerDim, 'classes', (s) => mean(s, unlikelihood) / Math.LN2],
  ['logLoss', metrics.logLoss, 'binary', (s) => mean(s, ({ z, y }) => -Math.log(sigmoid(y === 1 ? z[0] : -z[0])))],
  ['meanSquaredError', metrics.meanSquaredError, 'regression', each((z, y) => (z - y) ** 2)],
  ['rootMeanSquaredError', metrics.rootMeanSquaredError, 'regression', (s) => Math.sqrt(each((z, y) => (z - y) ** 2)(s))],
  ['meanAbsoluteError', metrics.meanAbsoluteError, 'regression', each((z, y) => Math.abs(z - y))],
  [
    'meanAbsolutePercentageError',
    metrics.meanAbsolutePercentageError,
    'regression',
    each((z, y) => Math.abs(z - y) / Math.max(Math.abs(y), 1e-7)),
  ],
  ['r2Score', metrics.r2Score, 'regression', (s) => columns(s, r2)],
  ['pearsonCorrelation', metrics.pearsonCorrelation, 'regression', (s) => columns(s, pearson)],
  ['cosineSimilarity', metrics.cosineSimilarity, 'regression', (s) => mean(s, cosine)],
];

// Quarters, so that equal scores are frequent and different ones lie in different bins.
const number = fc.integer({ min: -16, max: 16 }).map((n) => n / 4);
const weight = fc.constantFrom(0, 0.5, 1, 3);
const kinds: Readonly<Record<Kind, fc.Arbitrary<Sample>>> = {
  classes: fc.record({ z: fc.array(number, { minLength: CLASSES, maxLength: CLASSES }), y: fc.nat(CLASSES - 1), w: weight }),
  binary: fc.record({ z: fc.tuple(number), y: fc.nat(1), w: weight }),
  regression: fc.record({ z: fc.tuple(number, number), y: fc.tuple(number, number), w: weight }),
};
const dtype = fc.constantFrom('float32', 'float64');

type Arrays = readonly [outputs: NDArray, targets: NDArray, weights: NDArray];

function arrays(samples: readonly Sample[], kind: Kind, type: string): Arrays {
  const of = (values: Nested): NDArray => asarray(values, { dtype: type as 'float64' });
  const z = of(samples.map((s) => (kind === 'binary' ? s.z[0] : s.z)));
  const y = samples.map((s) => s.y);
  const targets = kind === 'classes' ? i32(y) : kind === 'regression' ? of(y) : asarray(y.map((t) => t === 1));
  return [z, targets, of(samples.map((s) => s.w))];
}

const plus = (a: Statistics, b: Statistics): Statistics => Object.fromEntries(Object.keys(a).map((key) => [key, add(a[key], b[key])]));

describe.each(table)('%s', (_name, metric, kind, reference) => {
  const samples = fc.array(kinds[kind], { minLength: 1, maxLength: 12 });

  it(`is what loops over weighted samples give (${kind})`, () => {
    fc.assert(
      fc.property(samples, dtype, (all, type) => {
        const want = reference(all);
        const got = value(metric, ...arrays(all, kind, type));
        expect(Math.abs(got - want) / Math.max(1, Math.abs(want)), `${got}, expected ${want}`).toBeLessThan(
          type === 'float32' ? 2e-5 : 1e-11,
        );
        const unweighted = all.map((s) => ({ ...s, w: 1 }));
        const [outputs, targets] = arrays(unweighted, kind, 'float64');
        const plain = reference(unweighted);
        expect(Math.abs(value(metric, outputs, targets) - plain) / Math.max(1, Math.abs(plain))).toBeLessThan(1e-11);
      }),
    );
  });

  it(`adds up over batches, however they are cut (${kind})`, () => {
    fc.assert(
      fc.property(samples, fc.array(fc.nat(12)), dtype, (all, marks, type) => {
        const cuts = [...new Set([0, ...marks.filter((m) => m < all.length), all.length])].sort((a, b) => a - b);
        const batches = cuts.slice(1).map((end, i) => all.slice(cuts[i], end));
        const sums = batches.map((batch) => metric.statistics(...arrays(batch, kind, type))).reduce(plus);
        const [got, want] = [(metric.result(sums) as NDArray).item(), value(metric, ...arrays(all, kind, type))];
        expect(Math.abs(got - want) / Math.max(1, Math.abs(want))).toBeLessThan(type === 'float32' ? 2e-5 : 1e-11);
      }),
    );
  });

  it(`is the same traced and compiled (${kind})`, async () => {
    const all = fc.sample(samples, { seed: 7, numRuns: 1 })[0];
    const inputs = arrays(all, kind, 'float32');
    const measured = (...args: Arrays): readonly [Tensor, Statistics] => {
      const statistics = metric.statistics(...args);
      return [metric.result(statistics), statistics];
    };
    const { graph } = trace(measured as (...args: Tensor[]) => unknown, ...inputs);
    const executable = await jsEngine.compile(graph);
    expect(await executable.run(inputs)).toEqual(leaves<NDArray>(measured(...inputs)));
  });
});

it('every metric there is stands in the table', () => {
  const all = Object.keys(metrics).map((name) => name.replace(/With$/, ''));
  expect([...new Set(table.map(([name]) => name))].sort()).toEqual([...new Set(all)].sort());
});

it('directions say what is better', () => {
  const smaller = /Error$|Loss$|^crossEntropy$|^perplexity$|^bitsPerDim$/;
  for (const [name, { direction }] of table) expect([name, direction]).toEqual([name, smaller.test(name) ? 'min' : 'max']);
});

describe("examples of scikit-learn's documentation", () => {
  /** Logits of a classifier that is sure of these classes. */
  const sure = (labels: readonly number[], n: number): NDArray =>
    f64(labels.map((l) => [...new Array(n).keys()].map((c) => Number(c === l))));
  const probabilities = { fromLogits: false };

  it.each([
    ['r2Score', metrics.r2Score, f64([2.5, 0, 2, 8]), f64([3, -0.5, 2, 7]), 0.9486081370449679],
    [
      'r2Score of two outputs',
      metrics.r2Score,
      f64([
        [0, 2],
        [-1, 2],
        [8, -5],
      ]),
      f64([
        [0.5, 1],
        [-1, 1],
        [7, -6],
      ]),
      0.9368005266622779,
    ],
    ['meanAbsolutePercentageError', metrics.meanAbsolutePercentageError, f64([2.5, 0, 2, 8]), f64([3, -0.5, 2, 7]), 0.3273809523809524],
    ['rocAuc', metrics.rocAucWith(probabilities), f64([0.1, 0.4, 0.35, 0.8]), i32([0, 0, 1, 1]), 0.75],
    ['average precision', metrics.prAucWith(probabilities), f64([0.1, 0.4, 0.35, 0.8]), i32([0, 0, 1, 1]), 5 / 6],
    ['logLoss', metrics.logLossWith(probabilities), f64([0.9, 0.1, 0.2, 0.65]), f64([1, 0, 0, 1]), 0.21616187468057912],
    ['macro f1', metrics.f1, sure([0, 2, 1, 0, 0, 1], 3), i32([0, 1, 2, 0, 1, 2]), 0.8 / 3],
    ['micro f1', metrics.fBetaWith({ average: 'micro' }), sure([0, 2, 1, 0, 0, 1], 3), i32([0, 1, 2, 0, 1, 2]), 1 / 3],
    ['balancedAccuracy', metrics.balancedAccuracy, sure([0, 1, 0, 0, 0, 1], 2), i32([0, 1, 0, 0, 1, 0]), 0.625],
    ['cohenKappa', metrics.cohenKappa, sure([0, 0, 2, 2, 0, 2], 3), i32([2, 0, 2, 2, 0, 1]), 3 / 7],
    ['matthewsCorrelation', metrics.matthewsCorrelation, f64([1, -1, 1, 1]), asarray([true, true, true, false]), -1 / 3],
    [
      'hammingLoss of labels',
      metrics.hammingLossWith(probabilities),
      f64([
        [0, 0],
        [0, 0],
      ]),
      i32([
        [0, 1],
        [1, 1],
      ]),
      0.75,
    ],
    [
      'top2Accuracy',
      metrics.topKAccuracyWith({ k: 2 }),
      f64([
        [0.5, 0.2, 0.2],
        [0.3, 0.4, 0.2],
        [0.2, 0.4, 0.3],
        [0.7, 0.2, 0.1],
      ]),
      i32([0, 1, 2, 2]),
      0.75,
    ],
  ])('%s', (_, metric, outputs, targets, expected) => {
    expect(value(metric, outputs, targets)).toBeCloseTo(expected, 12);
  });
});

describe('outputs of other shapes', () => {
  it('count every place with the weight of its sample', () => {
    const logits = f64([
      [
        [2, 1],
        [0, 1],
      ],
      [
        [3, 0],
        [0, 2],
      ],
    ]);
    expect(
      value(
        metrics.accuracy,
        logits,
        i32([
          [0, 0],
          [0, 1],
        ]),
        f64([3, 1]),
      ),
    ).toBe((3 * 1 + 1 * 2) / 8);
    expect(
      value(
        metrics.recall,
        logits,
        i32([
          [0, 0],
          [0, 1],
        ]),
      ),
    ).toBe(1);
    expect(
      value(
        metrics.meanSquaredError,
        f64([
          [1, 2],
          [3, 4],
        ]),
        f64([
          [0, 0],
          [0, 0],
        ]),
        f64([1, 0.5]),
      ),
    ).toBe((5 + 12.5) / 3);
  });

  it('of two classes are judged by class 1 unless an average is asked for', () => {
    const [logits, labels] = [
      f64([
        [0, 1],
        [0, 1],
        [1, 0],
      ]),
      i32([1, 0, 0]),
    ];
    expect(value(metrics.precision, logits, labels)).toBe(0.5);
    expect(value(metrics.precisionWith({ average: 'macro' }), logits, labels)).toBe(0.75);
  });
});

describe('areas under curves', () => {
  const scores = fc.array(fc.record({ z: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true })), y: fc.nat(1), w: weight }), {
    maxLength: 30,
    minLength: 1,
  });
  const bins = 4;
  const binned = (s: Sample): number => Math.min(Math.floor(s.z[0] * bins), bins - 1);

  it('are off by no more than their bins allow', () => {
    fc.assert(
      fc.property(scores, (all) => {
        const [outputs, targets, weights] = arrays(all, 'binary', 'float64');
        const options = { bins, fromLogits: false };
        const count = (y: number, b: number): number => weigh(all, (s) => s.y === y && binned(s) === b);
        const [positives, negatives] = [1, 0].map((y) => weigh(all, (s) => s.y === y));
        const each = [...new Array(bins).keys()];

        const pairs = total(each.map((b) => count(1, b) * count(0, b)));
        const roc = value(metrics.rocAucWith(options), outputs, targets, weights);
        expect(Math.abs(roc - ranking(all))).toBeLessThanOrEqual(quotient(pairs, 2 * positives * negatives) + 1e-12);
        expect(Math.abs(roc - ranking(all, binned))).toBeLessThan(1e-12);

        const negativesFrom = (b: number): number => total(each.slice(b).map((higher) => count(0, higher)));
        const mixed = total(each.map((b) => (negativesFrom(b) > 0 ? count(1, b) : 0)));
        const pr = value(metrics.prAucWith(options), outputs, targets, weights);
        expect(Math.abs(pr - averagePrecision(all))).toBeLessThanOrEqual(quotient(mixed, positives) + 1e-12);
      }),
    );
  });

  it('take scores of any size, and NaN as the lowest', () => {
    expect(value(metrics.rocAuc, f64([-Infinity, -1e9, 1e9, Infinity]), asarray([false, false, true, true]))).toBe(1);
    expect(value(metrics.rocAuc, f64([NaN, 0]), asarray([false, true]))).toBe(1);
    // Sure and right: 2e-7 and 1e-9 share a bin of probabilities, but not one of logits.
    expect(value(metrics.rocAuc, f64([-20, -15]), asarray([false, true]))).toBe(1);
  });
});

describe('regressions with a large mean', () => {
  it('keep their digits in float32', () => {
    // 4096 + 0 … 7 are exact in float32, the sums of their squares are not.
    const y = [0, 1, 2, 3, 4, 5, 6, 7].map((v) => 4096 + v);
    const x = y.map((v, i) => v + (i % 2 === 0 ? 0.5 : -0.5));
    expect(value(metrics.r2Score, asarray(x), asarray(y))).toBeCloseTo(1 - 2 / 42, 9);
    const exact = pearson(x.map((z, i) => ({ z: [z - 4096], y: [y[i] - 4096], w: 1 })));
    expect(value(metrics.pearsonCorrelation, asarray(x), asarray(y))).toBeCloseTo(exact, 9);
  });
});

describe('what does not fit is refused', () => {
  it.each([
    [() => value(metrics.accuracy, f64([[1, 2]]), i32([0, 1])), 'SHAPE_MISMATCH', /^accuracy: labels/],
    [() => value(metrics.accuracy, f64([[1, 2]]), f64([0])), 'DTYPE_MISMATCH', /^accuracy: labels/],
    [
      () => value(metrics.accuracy, f64([[1, 2]]), i32([0]), f64([1, 2])),
      'SHAPE_MISMATCH',
      /^accuracy: the weights.*float64\[2\].*float64\[1\]/,
    ],
    [() => value(metrics.precision, f64([1, 2]), asarray([true])), 'SHAPE_MISMATCH', /^precision: targets.*bool\[1\].*bool\[2\]/],
    [() => value(metrics.precision, f64([[1, 2]]), f64([1])), 'SHAPE_MISMATCH', /^precision: targets/],
    [() => value(metrics.topKAccuracyWith({ k: 3 }), f64([[1, 2]]), i32([1])), 'SHAPE_MISMATCH', /cannot take 3 of 2/],
    [() => value(metrics.r2Score, f64([1]), f64([[1]])), 'SHAPE_MISMATCH', /^r2Score/],
    [() => metrics.topKAccuracyWith({ k: 0 }), 'INVALID_ARGUMENT', /'k' of topKAccuracyWith/],
    [() => metrics.precisionWith({ average: 'all' as never }), 'INVALID_ARGUMENT', /'average' of precisionWith.*'macro', 'micro'/],
    [() => metrics.binaryAccuracyWith({ threshold: 1 }), 'INVALID_ARGUMENT', /'threshold' of binaryAccuracyWith/],
    [() => metrics.rocAucWith({ bins: 1 }), 'INVALID_ARGUMENT', /'bins' of rocAucWith/],
    [() => metrics.fBetaWith({ beta: 0 }), 'INVALID_ARGUMENT', /'beta' of fBetaWith/],
  ] as const)('%s', (act, code, message) => {
    let error: unknown;
    try {
      act();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
