/** The float64 functions composed for ONNX Runtime, against the interpreter's over their whole range: relative errors. */
import * as graph from '@gradus/graph';
import { asarray, jsEngine, trace, type NDArray, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { ortEngine } from '../ort-engine.js';

/** Values from `low` to `high`, spaced by factors, with both signs where asked. */
function spread(low: number, high: number, signed: boolean): number[] {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const values = Array.from({ length: 2000 }, (_, i) => 10 ** (from + ((to - from) * i) / 1999));
  return signed ? [...values, ...values.map((x) => -x)] : values;
}

const all = spread(1e-300, 1e300, true);
const inside = [...spread(1e-300, 0.999, true), ...spread(1e-12, 0.5, false).map((x) => 1 - x)];
const ranges: Record<string, number[]> = {
  // Nearer its zeros and poles a tangent is as good as the sine and cosine it is made of.
  tan: spread(1e-300, 1.5, true),
  asin: inside,
  acos: inside,
  atan: all,
  sinh: spread(1e-300, 710, true),
  cosh: spread(1e-300, 710, true),
  asinh: all,
  acosh: spread(1e-12, 1e300, false).map((x) => 1 + x),
  atanh: inside,
  erf: all,
  // Functions that lean on Atanh and on Tanh near 0.
  log1p: [...spread(1e-300, 0.999, true), ...spread(1, 1e300, false)],
  expm1: spread(1e-300, 709, true),
};

describe('float64 in ONNX Runtime is exact to about its last digit', () => {
  for (const [name, values] of Object.entries(ranges)) {
    it(name, async () => {
      const fn = graph[name as keyof typeof graph] as (x: Tensor) => Tensor;
      const x = asarray(Float64Array.from(values));
      const { graph: traced } = trace(fn, x);
      const [[actual], [expected]] = await Promise.all(
        [ortEngine({ threads: 1, fallback: false }), jsEngine].map(async (engine) => (await engine.compile(traced)).run([x])),
      );
      const worst = worstError(actual, expected);
      expect(worst.error, `${name}(${x.data[worst.at]})`).toBeLessThan(2e-15);
    });
  }
});

function worstError(actual: NDArray, expected: NDArray): { error: number; at: number } {
  const worst = { error: 0, at: 0 };
  actual.data.forEach((value: number | bigint, i: number) => {
    const [a, e] = [Number(value), Number(expected.data[i])];
    const error = Object.is(a, e) || a === e ? 0 : Math.abs(a - e) / Math.abs(e);
    if (!(error <= worst.error)) Object.assign(worst, { error, at: i });
  });
  return worst;
}
