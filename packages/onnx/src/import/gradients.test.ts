/** Gradients of ONNX's own models are those of PyTorch (test/golden/make_gradients.py). */
import { arange, cos, multiply, reshape, sum, valueAndGrad, add, type NDArray, type Tensor } from '@gradus/graph';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeModel, decodeTensor, importGraph, toNDArray } from '../index.js';

type Summary = readonly [sum: number, weighted: number, largest: number] | null;
const golden = JSON.parse(readFileSync(new URL('../../test/golden/gradients.json', import.meta.url), 'utf8')) as Record<string, Record<string, Summary>>;
const folder = join(process.env.GRADUS_ONNX_TESTDATA ?? '/usr/share/libonnx-testdata/data', 'pytorch-converted');

const weighted = (y: Tensor): Tensor => sum(multiply(reshape(y, [-1]), cos(arange(0, y.shape.reduce((a, b) => a * b, 1), 1, y.dtype))));

function summaryOf({ data }: NDArray): Summary {
  let [total, places, largest] = [0, 0, 0];
  data.forEach((value: number | bigint, i: number) => {
    const g = Number(value);
    total += g;
    places += g * Math.cos(i);
    largest = Math.max(largest, Math.abs(g));
  });
  return [total, places, largest];
}

describe.skipIf(!existsSync(folder))('gradients of', () => {
  it.each(Object.entries(golden))('%s', { timeout: 60_000 }, (name, expected) => {
    const model = importGraph(decodeModel(readFileSync(join(folder, name, 'model.onnx'))));
    const inputs = Object.fromEntries(model.inputs.map((input, i) => [input.name, toNDArray(decodeTensor(readFileSync(join(folder, name, `test_data_set_0/input_${i}.pb`))))]));
    const known = Object.keys(expected).filter((own) => expected[own] !== null);
    const leaves = Object.fromEntries(known.map((own) => [own, inputs[own] ?? model.params[own]]));
    const [, gradients] = valueAndGrad((values: Record<string, Tensor>) => {
      const given = Object.fromEntries(Object.keys(inputs).map((own) => [own, values[own] ?? inputs[own]]));
      const params = Object.fromEntries(Object.keys(model.params).map((own) => [own, values[own] ?? model.params[own]]));
      return Object.values(model.apply(given, params)).map(weighted).reduce((a, b) => add(a, b));
    })(leaves as Record<string, Tensor>);
    for (const own of known) {
      const [found, wanted] = [summaryOf(gradients[own] as NDArray)!, expected[own]!];
      const size = (gradients[own] as NDArray).size;
      // Sums of float32 numbers of this size, each with an error of some of its last bits.
      const allowed = 2e-6 * wanted[2] * Math.sqrt(size) + 1e-4 * wanted[2] * (size === 1 ? 1 : 0) + 1e-6;
      expect(Math.abs(found[2] - wanted[2]), `${own}: largest ${found[2]}, not ${wanted[2]}`).toBeLessThan(1e-5 * Math.max(1, wanted[2]));
      expect(Math.abs(found[0] - wanted[0]), `${own}: sum ${found[0]}, not ${wanted[0]}`).toBeLessThan(allowed);
      expect(Math.abs(found[1] - wanted[1]), `${own}: weighted ${found[1]}, not ${wanted[1]}`).toBeLessThan(allowed);
    }
  });
});
