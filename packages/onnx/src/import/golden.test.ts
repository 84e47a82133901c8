/** Forms of operators that the tests of ONNX leave out, against ONNX Runtime (packages/onnx/test/golden/make.py). */
import type { NDArray} from '@gradus/graph';
import { asarray, isGradusError, prepare, trace, type DType, type Tensor } from '@gradus/graph';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeModel, importGraph } from '../index.js';

interface Stored {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Golden {
  readonly name: string;
  readonly model: string;
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly outputs: Readonly<Record<string, Stored>>;
}

const cases = JSON.parse(readFileSync(new URL('../../test/golden/models.json', import.meta.url), 'utf8')) as Golden[];
const arrayOf = ({ dtype, shape, data }: Stored): NDArray => asarray(data.map(Number), { dtype, shape });

/** Runs a model as a compiled graph; inputs that decide shapes are made constants. */
function run(bytes: Uint8Array, inputs: Readonly<Record<string, NDArray>>): Record<string, NDArray> {
  const constants: Record<string, NDArray> = {};
  for (;;) {
    const model = importGraph(decodeModel(bytes), { constants });
    const args = Object.fromEntries(model.inputs.map(({ name }) => [name, inputs[name]]));
    try {
      const { graph, unflatten } = trace((given: Record<string, Tensor>) => model.apply(given), args);
      return unflatten(prepare(graph)(Object.values(args))) as unknown as Record<string, NDArray>;
    } catch (error) {
      if (!isGradusError(error, 'NOT_CONSTANT')) throw error;
      const names = error.data.inputs as string[];
      if (names.length === 0) throw error;
      for (const name of names) constants[name] = inputs[name];
    }
  }
}

describe('as ONNX Runtime', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { model, inputs, outputs }) => {
    const results = run(Buffer.from(model, 'base64'), Object.fromEntries(Object.entries(inputs).map(([name, stored]) => [name, arrayOf(stored)])));
    for (const [name, stored] of Object.entries(outputs)) {
      expect(`${name}: ${results[name]}`).toBe(`${name}: ${arrayOf(stored)}`);
      results[name].data.forEach((value: number | bigint, i: number) => {
        const expected = stored.data[i];
        const error = Math.abs(Number(value) - expected);
        if (Number(value) !== expected && !(error <= 2e-5 * Math.max(1, Math.abs(expected)))) {
          expect(`${name}[${i}] = ${value}`).toBe(`${name}[${i}] = ${expected}`);
        }
      });
    }
  });
});
