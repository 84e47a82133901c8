/** Losses against PyTorch (test/golden/make.py), at extremes, and what they refuse. */
import { asarray, type DType, multiply, type NDArray, type Nested, sum, type Tensor, valueAndGrad } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/losses.json' with { type: 'json' };
import type { Loss } from '../loss.js';
import * as losses from './index.js';

const {
  binaryCrossEntropy,
  categoricalHinge,
  cosineDistance,
  cosineEmbedding,
  cosineEmbeddingWith,
  ctc,
  ctcWith,
  gaussianNll,
  gaussianNllWith,
  hinge,
  huber,
  huberWith,
  infoNce,
  infoNceWith,
  klDivergence,
  logCosh,
  marginRanking,
  marginRankingWith,
  meanAbsoluteError,
  meanSquaredError,
  multiLabelMargin,
  ntXent,
  ntXentWith,
  pinball,
  pinballWith,
  poissonNll,
  sigmoidBinaryCrossEntropy,
  sigmoidBinaryCrossEntropyWith,
  sigmoidDice,
  sigmoidDiceWith,
  sigmoidFocal,
  sigmoidFocalWith,
  smoothL1,
  smoothL1With,
  softmaxCrossEntropy,
  softmaxCrossEntropyWith,
  softmaxFocal,
  softmaxFocalWith,
  softTargetCrossEntropy,
  softTargetCrossEntropyWith,
  squaredHinge,
  tripletMargin,
  tripletMarginWith,
} = losses;

const classWeights = [0.5, 2, 1.25];

/** The loss of each golden case; `, weighted` is cut off. */
const byCase: Record<string, Loss> = {
  meanSquaredError,
  meanAbsoluteError,
  huber,
  smoothL1,
  logCosh,
  sigmoidBinaryCrossEntropy,
  binaryCrossEntropy,
  softmaxCrossEntropy,
  softTargetCrossEntropy,
  sigmoidFocal,
  softmaxFocal,
  hinge,
  squaredHinge,
  categoricalHinge,
  multiLabelMargin,
  klDivergence,
  poissonNll,
  gaussianNll,
  cosineDistance,
  cosineEmbedding,
  tripletMargin,
  marginRanking,
  ntXent,
  infoNce,
  sigmoidDice,
  ctc,
  'huber, delta 2.5': huberWith({ delta: 2.5 }),
  'smoothL1, beta 0.5': smoothL1With({ beta: 0.5 }),
  'pinball, quantile 0.5': pinball,
  'pinball, quantile 0.9': pinballWith({ quantile: 0.9 }),
  'sigmoidBinaryCrossEntropy, bool': sigmoidBinaryCrossEntropy,
  'sigmoidBinaryCrossEntropy, positiveWeight': sigmoidBinaryCrossEntropyWith({ positiveWeight: classWeights }),
  'sigmoidBinaryCrossEntropy, labelSmoothing': sigmoidBinaryCrossEntropyWith({ labelSmoothing: 0.2 }),
  'softmaxCrossEntropy, labelSmoothing': softmaxCrossEntropyWith({ labelSmoothing: 0.2 }),
  'softmaxCrossEntropy, classWeights': softmaxCrossEntropyWith({ classWeights }),
  'softmaxCrossEntropy, ignoreIndex': softmaxCrossEntropyWith({ ignoreIndex: -1 }),
  'softmaxCrossEntropy, all options': softmaxCrossEntropyWith({ labelSmoothing: 0.1, classWeights, ignoreIndex: -1 }),
  'softTargetCrossEntropy, all options': softTargetCrossEntropyWith({ labelSmoothing: 0.2, classWeights }),
  'sigmoidFocal, options': sigmoidFocalWith({ alpha: 0.6, gamma: 0.5 }),
  'softmaxFocal, options': softmaxFocalWith({ gamma: 0.5 }),
  'cosineEmbedding, margin -0.5': cosineEmbeddingWith({ margin: -0.5 }),
  'tripletMargin, margin 3': tripletMarginWith({ margin: 3 }),
  'marginRanking, margin 0.75': marginRankingWith({ margin: 0.75 }),
  'ntXent, temperature 0.5': ntXentWith({ temperature: 0.5 }),
  'infoNce, temperature 0.5': infoNceWith({ temperature: 0.5 }),
  'ctc, blank 3': ctcWith({ blank: 3 }),
  'sigmoidDice, smooth 0.01': sigmoidDiceWith({ smooth: 0.01 }),
};

interface Golden {
  readonly outputs: Nested;
  readonly targets: Nested;
  readonly targetType: string;
  readonly weights?: Nested;
  readonly value: number;
  readonly gradient: Nested;
  readonly direction: Nested;
  readonly hessianProduct: Nested;
}

const f64 = (values: Nested): NDArray => asarray(values, { dtype: 'float64' });
const i32 = (values: Nested): NDArray => asarray(values, { dtype: 'int32' });
const item = (x: Tensor): number => (x as NDArray).item();

/** Largest distance, relative where numbers are larger than 1. */
function expectNear(actual: Tensor, expected: Nested, tolerance: number): void {
  const want = f64(expected);
  expect(actual.shape).toEqual(want.shape);
  want.data.forEach((v, i) => {
    const got = (actual as NDArray).data[i] as number;
    expect(Math.abs(got - Number(v)) / Math.max(1, Math.abs(Number(v))), `element ${i}: ${got}, expected ${v}`).toBeLessThan(tolerance);
  });
}

describe('values, gradients and second derivatives equal those of PyTorch', () => {
  const tolerances = { float64: 1e-13, float32: 2e-6 };
  for (const [name, entry] of Object.entries(golden) as [string, Golden][]) {
    it.each(['float64', 'float32'] as const)(`${name}, %s`, (dtype) => {
      const loss = byCase[name.replace(/, weighted$/, '')];
      const of = (values: Nested, type: DType = dtype): NDArray => asarray(values, { dtype: type });
      const targets = of(entry.targets, entry.targetType === 'float' ? dtype : (entry.targetType as DType));
      const weights = entry.weights === undefined ? undefined : of(entry.weights);
      const value = (x: Tensor): Tensor => loss(x, targets, weights);
      const slope = (x: Tensor): Tensor => sum(multiply(valueAndGrad(value)(x)[1], of(entry.direction)));

      const outputs = of(entry.outputs);
      const [actual, gradient] = valueAndGrad(value)(outputs);
      expect([actual.dtype, actual.shape]).toEqual([dtype, []]);
      expectNear(actual, entry.value, tolerances[dtype]);
      expectNear(gradient, entry.gradient, tolerances[dtype]);
      // Similarities divided by a temperature of 0.07 are curved up to 1 / 0.07² = 204 times as strongly as the value.
      expectNear(valueAndGrad(slope)(outputs)[1], entry.hessianProduct, tolerances[dtype] * (dtype === 'float32' ? 20 : 10));
    });
  }

  it('for every loss there is', () => {
    const tested = new Set(Object.keys(golden).map((name) => name.split(',')[0]));
    const all = Object.keys(losses).map((name) => name.replace(/With$/, ''));
    expect([...tested].sort()).toEqual([...new Set(all)].sort());
  });
});

describe('weights', () => {
  it('of 1 change nothing, and all 0 give the loss 0 without a gradient', () => {
    for (const [name, { outputs, targets, targetType }] of Object.entries(golden) as [string, Golden][]) {
      const loss = byCase[name.replace(/, weighted$/, '')];
      const t = asarray(targets, { dtype: targetType === 'float' ? 'float64' : (targetType as DType) });
      const weigh = (w: number): NDArray => f64(new Array<number>(t.shape[0]).fill(w));
      expect(item(loss(f64(outputs), t, weigh(1))), name).toBeCloseTo(item(loss(f64(outputs), t)), 13);
      const [value, gradient] = valueAndGrad((x: Tensor) => loss(x, t, weigh(0)))(f64(outputs)) as [NDArray, NDArray];
      expect([value.item(), Math.max(...(gradient.data as Float64Array).map(Math.abs))], name).toEqual([0, 0]);
    }
  });

  it('have to be one float for each sample', () => {
    const [x, y] = [
      f64([
        [1, 2],
        [3, 4],
      ]),
      f64([
        [1, 2],
        [3, 4],
      ]),
    ];
    expect(() => meanSquaredError(x, y, f64([1]))).toThrow(/meanSquaredError.*float64\[1\].*float64\[2\].*SHAPE_MISMATCH/);
    expect(() => meanSquaredError(x, y, i32([1, 1]))).toThrow(/meanSquaredError.*int32\[2\].*float64\[2\].*DTYPE_MISMATCH/);
    expect(
      item(
        meanSquaredError(
          x,
          f64([
            [0, 2],
            [3, 4],
          ]),
          asarray([3, 1]),
        ),
      ),
    ).toBe(0.375);
  });
});

describe('at extremes', () => {
  const z = f64([
    [1000, -1000],
    [-1000, 1000],
  ]);

  it('losses of logits stay finite, and so do their gradients', () => {
    const bools = asarray([
      [true, false],
      [true, true],
    ]);
    const cases: [Loss, Tensor, number][] = [
      [softmaxCrossEntropy, i32([1, 1]), 1000],
      [softTargetCrossEntropy, bools, 1000],
      [sigmoidBinaryCrossEntropy, bools, 250],
      [sigmoidFocal, bools, 62.5],
      [sigmoidFocalWith({ gamma: 0.5 }), bools, 62.5],
      [softmaxFocal, i32([1, 1]), 1000],
      [softmaxFocalWith({ gamma: 0.5 }), i32([1, 1]), 1000],
      [
        logCosh,
        f64([
          [0, 0],
          [0, 0],
        ]),
        1000 - Math.LN2,
      ],
    ];
    for (const [loss, targets, expected] of cases) {
      const [value, gradient] = valueAndGrad((x: Tensor) => loss(x, targets))(z) as [NDArray, NDArray];
      expect(value.item()).toBeCloseTo(expected, 10);
      expect([...(gradient.data as Float64Array)].every(Number.isFinite)).toBe(true);
    }
  });

  it('probabilities of 0 and 1 cost at most -log(1e-7)', () => {
    expect(item(binaryCrossEntropy(f64([0, 1]), asarray([true, false])))).toBeCloseTo(-Math.log(1e-7), 8);
    expect(item(binaryCrossEntropy(asarray([0, 1]), asarray([false, true])))).toBeLessThan(2e-7);
  });

  it('a variance of nearly 0 counts as minVariance', () => {
    // Mean 1, log-variance -1000, target 1: only (log v) / 2 is left.
    expect(item(gaussianNll(f64([[1, -1000]]), f64([[1]])))).toBeCloseTo(Math.log(1e-6) / 2, 12);
    expect(item(gaussianNllWith({ minVariance: 0.01 })(f64([[1, -1000]]), f64([[2]])))).toBeCloseTo((Math.log(0.01) + 100) / 2, 10);
  });

  it('classes that are ruled out by a logit of -Infinity do not count', () => {
    const masked = f64([[0, -Infinity, 0]]);
    expect(item(softmaxCrossEntropy(masked, i32([2])))).toBeCloseTo(Math.LN2, 14);
    expect(item(softTargetCrossEntropy(masked, f64([[0.5, 0, 0.5]])))).toBeCloseTo(Math.LN2, 14);
    expect(item(klDivergence(f64([[Math.log(0.5), -Infinity, Math.log(0.5)]]), f64([[1, 0, 0]])))).toBeCloseTo(Math.LN2, 14);
    const gradient = valueAndGrad((x: Tensor) => softmaxCrossEntropy(x, i32([2])))(masked)[1] as NDArray;
    expect(gradient.toArray()).toEqual([[0.5, 0, -0.5]]);
  });

  it('equal points and zero vectors have gradients', () => {
    const cases: [Loss, Nested, Tensor][] = [
      [
        tripletMargin,
        [
          [
            [1, 2],
            [1, 2],
            [1, 2],
          ],
        ],
        i32([0]),
      ],
      [
        cosineEmbedding,
        [
          [
            [0, 0],
            [1, 2],
          ],
        ],
        f64([1]),
      ],
      [
        ntXent,
        [
          [
            [0, 0],
            [1, 2],
          ],
          [
            [0, 0],
            [0, 0],
          ],
        ],
        i32([0, 0]),
      ],
    ];
    for (const [loss, outputs, targets] of cases) {
      const [value, gradient] = valueAndGrad((x: Tensor) => loss(x, targets))(f64(outputs)) as [NDArray, NDArray];
      expect([value.item(), ...(gradient.data as Float64Array)].every(Number.isFinite)).toBe(true);
    }
  });

  it('an error of exactly 0 has the second derivative of its neighbours', () => {
    const curvature = (loss: Loss): number => {
      const slope = (x: Tensor): Tensor => sum(valueAndGrad((y: Tensor) => loss(y, f64([0])))(x)[1]);
      return item(valueAndGrad(slope)(f64([0]))[1]);
    };
    expect([huber, smoothL1, logCosh, meanSquaredError].map(curvature)).toEqual([1, 1, 1, 2]);
    expect(curvature((x) => sigmoidBinaryCrossEntropy(x, f64([1])))).toBe(0.25);
  });
});

describe('labels', () => {
  const z = f64([
    [1, 2, 3],
    [1, 2, 3],
  ]);

  it('outside of the classes make the loss NaN, so that training stops', () => {
    const all = [softmaxCrossEntropy, softmaxCrossEntropyWith({ classWeights }), softmaxFocal, categoricalHinge];
    for (const loss of all)
      for (const bad of [
        [0, -1],
        [3, 0],
        [3, 3],
      ])
        expect(item(loss(z, i32(bad)))).toBeNaN();
    expect(item(softmaxCrossEntropyWith({ ignoreIndex: -1 })(z, i32([-1, 3])))).toBeNaN();
  });

  it('that are missing add nothing, and a batch without any has the loss 0', () => {
    const loss = softmaxCrossEntropyWith({ ignoreIndex: 7 });
    expect(item(loss(z, i32([7, 1])))).toBe(item(softmaxCrossEntropy(f64([[1, 2, 3]]), i32([1]))));
    const [value, gradient] = valueAndGrad((x: Tensor) => loss(x, i32([7, 7])))(z) as [NDArray, NDArray];
    expect([value.item(), Math.max(...(gradient.data as Float64Array).map(Math.abs))]).toEqual([0, 0]);
  });

  it('of int64 are labels too', () => {
    expect(item(softmaxCrossEntropyWith({ ignoreIndex: -1 })(z, asarray([2n, -1n])))).toBe(item(softmaxCrossEntropy(z, i32([2, 2]))));
  });
});

describe('ctc', () => {
  // Two times, three classes, all equally probable: 1/9 for each path.
  const even = f64([
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  ]);

  it('sums over the paths that spell the labels', () => {
    // 1 is spelled by 11, 01 and 10; 12 by itself; nothing by 00.
    for (const [labels, paths] of [
      [[1, -1], 3],
      [[1, 2], 1],
      [[-1, -1], 1],
    ] as const) {
      expect(item(ctc(even, i32([labels])))).toBeCloseTo(-Math.log(paths / 9), 13);
    }
    expect(item(ctcWith({ padding: 0 })(even, asarray([[1n, 0n]])))).toBeCloseTo(-Math.log(3 / 9), 13);
    expect(item(ctc(f64([[[0, 0, 0]]]), i32([[2]])))).toBeCloseTo(Math.log(3), 13);
  });

  it('is infinite where there is too little time, and NaN for what is no label', () => {
    // Equal labels need a blank between them.
    for (const labels of [
      [1, 1],
      [2, 2],
    ])
      expect(item(ctc(even, i32([labels])))).toBe(Infinity);
    expect(item(ctc(f64([[[0, 0, 0]]]), i32([[1, 2]])))).toBe(Infinity);
    for (const labels of [
      [1, 3],
      [0, 1],
      [-2, 1],
    ])
      expect(item(ctc(even, i32([labels])))).toBeNaN();
  });
});

describe('what does not fit is refused', () => {
  it.each([
    [() => softmaxCrossEntropy(f64([[1, 2]]), f64([0])), 'DTYPE_MISMATCH', /labels float64\[1\].*int32\[1\].*asarray/],
    [() => softmaxCrossEntropy(f64([[1, 2]]), i32([[0]])), 'SHAPE_MISMATCH', /int32\[1, 1\].*int32\[1\]/],
    [() => softmaxFocal(f64([[1, 2]]), i32([0, 1])), 'SHAPE_MISMATCH', /^softmaxFocal: labels/],
    [
      () => softmaxCrossEntropyWith({ classWeights })(f64([[1, 2]]), i32([0])),
      'SHAPE_MISMATCH',
      /3 weights and logits float64\[1, 2\].*2 weights/,
    ],
    // [2, 1] and [2] would broadcast to [2, 2] and train on nonsense.
    [() => meanSquaredError(f64([[1], [2]]), f64([1, 2])), 'SHAPE_MISMATCH', /float64\[2, 1\] and float64\[2\]/],
    [() => meanAbsoluteError(f64([1]), asarray([1])), 'DTYPE_MISMATCH', /float64\[1\] and float32\[1\]/],
    [() => meanSquaredError(i32([1]), i32([1])), 'DTYPE_MISMATCH', /one float type/],
    [() => hinge(f64([1]), asarray([[true]])), 'SHAPE_MISMATCH', /hinge.*float64\[1\] and float64\[1, 1\]/],
    [() => multiLabelMargin(f64([[1, 2]]), asarray([true])), 'SHAPE_MISMATCH', /multiLabelMargin.*bool\[1\].*bool\[1, 2\]/],
    [() => gaussianNll(f64([[1, 2, 3]]), f64([[1]])), 'SHAPE_MISMATCH', /float64\[1, 3\] and float64\[1, 1\].*\[batch, …, 2 n\]/],
    [() => tripletMargin(f64([[[1], [2]]]), i32([0])), 'SHAPE_MISMATCH', /float64\[1, 2, 1\].*\[batch, 3, features\].*anchor, positive/],
    [() => ctc(f64([[[1, 2]]]), i32([[1], [1]])), 'SHAPE_MISMATCH', /ctc.*float64\[1, 1, 2\] and labels int32\[2, 1\].*\[batch, longest\]/],
    [() => ctcWith({ blank: 2 })(f64([[[1, 2]]]), i32([[1]])), 'SHAPE_MISMATCH', /ctc: the blank is class 2/],
    [() => ntXent(f64([[1, 2]]), i32([0])), 'SHAPE_MISMATCH', /\[batch, 2, features\]/],
    [() => marginRanking(f64([[1, 2]]), f64([[1]])), 'SHAPE_MISMATCH', /float64\[1\] and float64\[1, 1\]/],
    [() => huberWith({ delta: 0 }), 'INVALID_ARGUMENT', /'delta' of huberWith.*0.*above 0/],
    [() => huberWith({ beta: 1 } as never), 'INVALID_ARGUMENT', /huberWith has no option 'beta'/],
    [() => pinballWith({ quantile: 1 }), 'INVALID_ARGUMENT', /'quantile' of pinballWith.*below 1/],
    [() => softmaxCrossEntropyWith({ labelSmoothing: 1 }), 'INVALID_ARGUMENT', /'labelSmoothing'.*below 1/],
    [() => softmaxCrossEntropyWith({ classWeights: [1, -1] }), 'INVALID_ARGUMENT', /'classWeights'.*one per class/],
    [() => softmaxCrossEntropyWith({ ignoreIndex: 0.5 }), 'INVALID_ARGUMENT', /'ignoreIndex'.*whole number/],
    [() => sigmoidBinaryCrossEntropyWith({ positiveWeight: NaN }), 'INVALID_ARGUMENT', /'positiveWeight'/],
    [() => infoNceWith({ temperature: 0 }), 'INVALID_ARGUMENT', /'temperature' of infoNceWith/],
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
