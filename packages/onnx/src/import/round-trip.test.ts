/** Every operator is written to ONNX and read back: the same values, to the bit where the import uses the same operator. */
import { jsEngine, trace, type NDArray, type Tensor } from '@gradus/graph';
import { operatorCases } from '@gradus/graph/cases';
import { describe, expect, it } from 'vitest';
import { decodeModel, encodeModel, importGraph } from '../index.js';

const TOLERANCE: Readonly<Record<string, number>> = { float32: 1e-6, float64: 1e-12 };

function expectSame(actual: NDArray, expected: NDArray, tolerance: number | undefined): void {
  expect(String(actual)).toBe(String(expected));
  const allowed = tolerance ?? TOLERANCE[expected.dtype] ?? 0;
  expected.data.forEach((value: number | bigint, i: number) => {
    const found = actual.data[i];
    if (Object.is(found, value) || found === value) return;
    const error = Math.abs(Number(found) - Number(value)) / Math.max(1, Math.abs(Number(value)));
    if (!(error <= allowed)) expect(`element ${i}: ${found}`).toBe(`element ${i}: ${value}`);
  });
}

describe.each(Object.entries(operatorCases))('%s', (_, cases) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, { fn, inputs, tolerance }) => {
    const { graph } = trace((list: readonly Tensor[]) => fn(...list), inputs);
    const [expected, model] = [await (await jsEngine.compile(graph)).run(inputs), importGraph(decodeModel(encodeModel(graph)))];
    const again = trace(model.apply, Object.fromEntries(model.inputs.map(({ name }, i) => [name, inputs[i]])));
    const results = await (await jsEngine.compile(again.graph)).run(inputs);
    expect(results).toHaveLength(expected.length);
    results.forEach((result, i) => expectSame(result, expected[i], tolerance));
  });
});
