/** Every optimizer of this package: what the conformance test makes of it. A new one joins with one row. */
import type { builtins } from '../src/optimizers/index.js';
import { RATE, elementwise, running, adam, adamax, norm, rms, trust, type Formula } from './formulas.js';

/** A rate, and a number of steps with it. */
type Run = readonly [learningRate: number, steps: number];

export interface Row {
  readonly factory: keyof typeof builtins;
  readonly options?: object;
  /** At a rate of 0.1. Left out where it would be the code once more: those are in the golden test. */
  readonly formula?: Formula;
  /** Numbers of state per number of a convolution's kernel, rounded down. */
  readonly slots: number;
  /** The update is not the rate times something: momentum comes after the rate. */
  readonly rateIsRemembered?: true;
  /** Reach the reductions of the conformance test on its targets. */
  readonly quadratic: Run;
  readonly illConditioned: Run;
  readonly rosenbrock: Run;
  readonly logistic: Run;
}

export const rows: readonly Row[] = [
  {
    factory: 'sgd',
    formula: elementwise(() => (g) => g),
    slots: 0,
    quadratic: [0.3, 250], illConditioned: [0.1, 500], rosenbrock: [0.003, 500], logistic: [1, 250],
  },
  {
    factory: 'sgd',
    options: { momentum: 0.8 },
    formula: elementwise(() => {
      let trace = 0;
      return (g) => (trace = g + 0.8 * trace);
    }),
    slots: 1,
    quadratic: [0.1, 250], illConditioned: [0.03, 500], rosenbrock: [0.001, 500], logistic: [0.3, 250],
  },
  {
    factory: 'sgd',
    options: { momentum: 0.8, nesterov: true },
    formula: elementwise(() => {
      let trace = 0;
      return (g) => {
        trace = g + 0.8 * trace;
        return g + 0.8 * trace;
      };
    }),
    slots: 1,
    quadratic: [0.1, 250], illConditioned: [0.03, 500], rosenbrock: [0.001, 500], logistic: [0.3, 250],
  },
  {
    factory: 'adam',
    formula: elementwise(() => {
      const direction = adam();
      return (g, _p, t) => direction(g, t);
    }),
    slots: 2,
    quadratic: [0.03, 500], illConditioned: [0.03, 500], rosenbrock: [0.1, 500], logistic: [0.1, 500],
  },
  {
    factory: 'adam',
    options: { b1: 0, b2: 0, eps: 0.5 },
    // m = g, v = g^2: the update is a soft sign.
    formula: elementwise(() => (g) => g / (Math.abs(g) + 0.5)),
    slots: 2,
    quadratic: [0.1, 500], illConditioned: [0.1, 1000], rosenbrock: [0.001, 3000], logistic: [0.5, 1000],
  },
  {
    factory: 'adamw',
    formula: elementwise(() => {
      const direction = adam();
      return (g, p, t) => direction(g, t) + 1e-4 * p;
    }),
    slots: 2,
    quadratic: [0.03, 500], illConditioned: [0.03, 500], rosenbrock: [0.1, 500], logistic: [0.1, 500],
  },
  {
    factory: 'nadam',
    formula: elementwise(() => {
      const direction = adam({ nesterov: true });
      return (g, _p, t) => direction(g, t);
    }),
    slots: 2,
    quadratic: [0.03, 500], illConditioned: [0.03, 500], rosenbrock: [0.1, 500], logistic: [0.1, 500],
  },
  {
    factory: 'nadamw',
    options: { weightDecay: 1e-3 },
    formula: elementwise(() => {
      const direction = adam({ nesterov: true });
      return (g, p, t) => direction(g, t) + 1e-3 * p;
    }),
    slots: 2,
    quadratic: [0.03, 500], illConditioned: [0.03, 500], rosenbrock: [0.1, 500], logistic: [0.1, 500],
  },
  {
    factory: 'amsgrad',
    formula: elementwise(() => {
      const [mean, square] = [running(0.9), running(0.999)];
      let largest = 0;
      return (g, _p, t) => {
        largest = Math.max(largest, square(g * g) / (1 - 0.999 ** t));
        return mean(g) / (1 - 0.9 ** t) / (Math.sqrt(largest) + 1e-8);
      };
    }),
    slots: 3,
    quadratic: [0.3, 500], illConditioned: [0.3, 500], rosenbrock: [1, 500], logistic: [0.1, 500],
  },
  {
    factory: 'radam',
    formula: elementwise(() => {
      const [mean, square] = [running(0.9), running(0.999)];
      return (g, _p, t) => {
        const [m, v] = [mean(g) / (1 - 0.9 ** t), square(g * g) / (1 - 0.999 ** t)];
        const n = 1999 - (2 * t * 0.999 ** t) / (1 - 0.999 ** t);
        if (t <= 5) return m;
        return (Math.sqrt(((n - 4) * (n - 2) * 1999) / (1995 * 1997 * n)) * m) / (Math.sqrt(v) + 1e-8);
      };
    }),
    slots: 2,
    quadratic: [0.1, 500], illConditioned: [0.1, 500], rosenbrock: [0.003, 8000], logistic: [0.3, 500],
  },
  {
    factory: 'adamax',
    formula: elementwise(() => {
      const direction = adamax();
      return (g, _p, t) => direction(g, t);
    }),
    slots: 2,
    quadratic: [0.1, 500], illConditioned: [0.1, 500], rosenbrock: [1, 500], logistic: [0.1, 500],
  },
  {
    factory: 'adamaxw',
    formula: elementwise(() => {
      const direction = adamax();
      return (g, p, t) => direction(g, t) + 1e-4 * p;
    }),
    slots: 2,
    quadratic: [0.03, 500], illConditioned: [0.01, 500], rosenbrock: [1, 500], logistic: [0.1, 500],
  },
  {
    factory: 'rmsprop',
    formula: elementwise(() => {
      const square = running(0.9);
      return (g) => g / Math.sqrt(square(g * g) + 1e-8);
    }),
    slots: 1,
    quadratic: [0.003, 500], illConditioned: [0.003, 500], rosenbrock: [0.01, 500], logistic: [0.01, 500],
  },
  {
    factory: 'rmsprop',
    options: { centered: true, momentum: 0.9, epsInSqrt: false, eps: 0.01 },
    formula: elementwise(() => {
      const [mean, square] = [running(0.9), running(0.9)];
      let trace = 0;
      return (g) => (trace = 0.9 * trace + g / (Math.sqrt(square(g * g) - mean(g) ** 2) + 0.01));
    }),
    slots: 3,
    rateIsRemembered: true,
    quadratic: [0.001, 500], illConditioned: [0.001, 500], rosenbrock: [0.001, 500], logistic: [0.001, 500],
  },
  {
    factory: 'adagrad',
    formula: elementwise(() => {
      let sum = 0.1;
      return (g) => g / Math.sqrt((sum += g * g) + 1e-7);
    }),
    slots: 1,
    quadratic: [1, 500], illConditioned: [1, 500], rosenbrock: [1, 1000], logistic: [1, 500],
  },
  {
    factory: 'adadelta',
    options: { weightDecay: 1e-4 },
    formula: elementwise(() => {
      const [square, step] = [running(0.9), running(0.9)];
      let size = 0;
      return (g, p) => {
        const decayed = g + 1e-4 * p;
        const u = (Math.sqrt(size + 1e-6) / Math.sqrt(square(decayed ** 2) + 1e-6)) * decayed;
        size = step(u * u);
        return u;
      };
    }),
    slots: 2,
    quadratic: [1, 500], illConditioned: [1, 500], rosenbrock: [0.3, 1500], logistic: [3, 500],
  },
  {
    factory: 'adafactor',
    formula: () => {
      let means: number[] | undefined;
      return (g, p, t) => {
        const share = t ** -0.8;
        means = g.map((x, i) => (1 - share) * (means?.[i] ?? 0) + share * (x * x + 1e-30));
        const u = g.map((x, i) => x / Math.sqrt(means![i]));
        const factor = -RATE * Math.max(rms(p), 1e-3);
        return u.map((x) => (factor * x) / Math.max(1, rms(u)));
      };
    },
    slots: 1,
    quadratic: [0.003, 500], illConditioned: [0.01, 500], rosenbrock: [0.03, 1000], logistic: [0.03, 500],
  },
  {
    factory: 'adafactor',
    options: { minDimSizeToFactor: 2, multiplyByParameterScale: false },
    slots: 0,
    quadratic: [0.03, 500], illConditioned: [0.03, 500], rosenbrock: [0.01, 1000], logistic: [0.03, 500],
  },
  {
    factory: 'lamb',
    options: { weightDecay: 1e-4 },
    formula: () => {
      const elements: ReturnType<typeof adam>[] = [];
      return (g, p, t) => {
        const u = g.map((x, i) => (elements[i] ??= adam({ eps: 1e-6 }))(x, t) + 1e-4 * p[i]);
        return u.map((x) => -RATE * trust(p, u) * x);
      };
    },
    slots: 2,
    quadratic: [0.003, 500], illConditioned: [0.003, 500], rosenbrock: [0.01, 3000], logistic: [0.01, 500],
  },
  {
    factory: 'lars',
    options: { trustCoefficient: 0.1 },
    formula: () => {
      let trace: number[] | undefined;
      return (g, p) => (trace = g.map((x, i) => 0.9 * (trace?.[i] ?? 0) - RATE * (trust(p, g) === 1 ? 1 : 0.1 * trust(p, g)) * x));
    },
    slots: 1,
    rateIsRemembered: true,
    quadratic: [0.003, 500], illConditioned: [0.01, 500], rosenbrock: [0.03, 1000], logistic: [0.03, 500],
  },
  {
    factory: 'lion',
    formula: elementwise(() => {
      let m = 0;
      return (g, p) => {
        const u = Math.sign(0.9 * m + 0.1 * g);
        m = 0.99 * m + 0.01 * g;
        return u + 1e-3 * p;
      };
    }),
    slots: 1,
    quadratic: [0.003, 1000], illConditioned: [0.003, 1000], rosenbrock: [0.01, 500], logistic: [0.01, 1000],
  },
  {
    factory: 'novograd',
    options: { weightDecay: 1e-4 },
    formula: () => {
      let v: number | undefined;
      let m: number[] | undefined;
      return (g, p) => {
        v = v === undefined ? norm(g) ** 2 : 0.25 * v + 0.75 * norm(g) ** 2;
        m = g.map((x, i) => 0.9 * (m?.[i] ?? 0) + x / (Math.sqrt(v!) + 1e-6) + 1e-4 * p[i]);
        return m.map((x) => -RATE * x);
      };
    },
    slots: 1,
    quadratic: [0.001, 500], illConditioned: [0.001, 500], rosenbrock: [0.003, 500], logistic: [0.001, 500],
  },
  {
    factory: 'yogi',
    formula: elementwise(() => {
      const mean = running(0.9, 1e-6);
      let v = 1e-6;
      return (g, _p, t) => {
        v -= 0.001 * Math.sign(v - g * g) * g * g;
        return mean(g) / (1 - 0.9 ** t) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-3);
      };
    }),
    slots: 2,
    quadratic: [0.03, 500], illConditioned: [0.03, 500], rosenbrock: [0.3, 500], logistic: [0.1, 500],
  },
  {
    factory: 'adabelief',
    formula: elementwise(() => {
      const mean = running(0.9);
      let v = 0;
      return (g, _p, t) => {
        const m = mean(g);
        v = 0.999 * v + 0.001 * (g - m) ** 2 + 1e-16;
        return m / (1 - 0.9 ** t) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-16);
      };
    }),
    slots: 2,
    quadratic: [0.03, 500], illConditioned: [0.03, 500], rosenbrock: [0.3, 500], logistic: [0.1, 500],
  },
  {
    factory: 'adan',
    formula: elementwise(() => {
      const [mean, difference, square] = [running(0.98), running(0.92), running(0.99)];
      let last: number | undefined;
      return (g, _p, t) => {
        const d = g - (last ?? g);
        last = g;
        const [m, v, n] = [mean(g) / (1 - 0.98 ** t), difference(d) / (1 - 0.92 ** t), square((g + 0.08 * d) ** 2) / (1 - 0.99 ** t)];
        return (m + 0.08 * v) / (Math.sqrt(n + 1e-8) + 1e-8);
      };
    }),
    slots: 4,
    quadratic: [1, 500], illConditioned: [1, 500], rosenbrock: [0.1, 500], logistic: [0.03, 500],
  },
  {
    factory: 'muon',
    slots: 2,
    quadratic: [0.03, 500], illConditioned: [0.01, 500], rosenbrock: [0.3, 500], logistic: [0.03, 500],
  },
  {
    factory: 'signSgd',
    formula: elementwise(() => (g) => Math.sign(g)),
    slots: 0,
    quadratic: [0.01, 500], illConditioned: [0.01, 500], rosenbrock: [0.003, 1000], logistic: [0.01, 500],
  },
];
