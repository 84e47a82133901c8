/** Losses and metrics in ONNX Runtime: the losses against PyTorch's numbers, the metrics against the interpreter. */
import { describe, expect, it } from 'vitest';
import golden from '../../nn/test/golden/losses.json' with { type: 'json' };
import * as gradus from './index.js';
import { abs, add, asarray, inMemory, mean, metrics, normal, ortEngine, randomKey, scalar, supervised, trace, Trainer, valueAndGrad, type DType, type Layer, type Loss, type Metric, type NDArray, type Nested, type Tensor } from './index.js';

interface Golden {
  readonly outputs: Nested;
  readonly targets: Nested;
  readonly targetType: string;
  readonly weights?: Nested;
  readonly value: number;
  readonly gradient: Nested;
}

const engine = ortEngine({ threads: 1 });

function expectNear(actual: NDArray, expected: NDArray): void {
  expect([actual.dtype, actual.shape]).toEqual([expected.dtype, expected.shape]);
  expected.data.forEach((v, i) => {
    const [got, want] = [Number(actual.data[i]), Number(v)];
    const limit = actual.dtype === 'float64' ? 1e-12 : 5e-6;
    expect(Math.abs(got - want) / Math.max(1, Math.abs(want)), `element ${i}: ${got}, expected ${want}`).toBeLessThan(limit);
  });
}

describe('losses in ONNX Runtime have the values and gradients of PyTorch', () => {
  // Losses with options are the same operators with other constants.
  const plain = (Object.entries(golden) as [string, Golden][]).filter(([name]) => name.replace(/, weighted$/, '') in gradus);
  it.each(plain)('%s', async (name, entry) => {
    const loss = gradus[name.replace(/, weighted$/, '') as 'huber'];
    for (const dtype of ['float64', 'float32'] as const) {
      const of = (values: Nested, type: DType = dtype): NDArray => asarray(values, { dtype: type });
      const targets = of(entry.targets, entry.targetType === 'float' ? dtype : (entry.targetType as DType));
      const given = [targets, ...(entry.weights === undefined ? [] : [of(entry.weights)])];
      const step = (x: Tensor, [t, w]: readonly Tensor[]) => valueAndGrad((z: Tensor) => loss(z, t, w))(x);
      const { graph } = trace(step, of(entry.outputs), given);
      const executable = await engine.compile(graph);
      const [value, gradient] = await executable.run([of(entry.outputs), ...given]);
      expectNear(value, of(entry.value));
      expectNear(gradient, of(entry.gradient));
      await executable.dispose();
    }
  });
});

describe('metrics in ONNX Runtime', () => {
  const rows = 23;
  const all = Object.values(metrics).filter((value): value is Metric => typeof value === 'object');
  const takes = ({ statistics }: Metric, outputs: Tensor, targets: Tensor): boolean => {
    try {
      statistics(outputs, targets);
      return true;
    } catch {
      return false;
    }
  };

  it.each(['float32', 'float64'] as const)('are those of all samples together, trained on and evaluated, in %s', async (dtype) => {
    const draw = (seed: number, shape: number[]): NDArray => normal(randomKey(seed), shape, { dtype }) as NDArray;
    const labels = asarray(Int32Array.from({ length: rows }, (_, i) => (i * 7) % 4));
    const yes = asarray(Array.from({ length: rows }, (_, i) => i % 3 === 0));
    const fields = [[draw(1, [rows, 6]), labels], [draw(2, [rows]), yes], [draw(3, [rows, 2]), draw(4, [rows, 2])]] as const;
    const w = abs(draw(5, [rows])) as NDArray;
    const shift: Layer = { init: () => ({ by: scalar(0, dtype) }), apply: ({ by }, x) => add(x, by) };
    const loss: Loss = (outputs) => mean(outputs);
    const seen = new Set<string>();
    for (const [x, y] of fields) {
      const fitting = all.filter((metric) => takes(metric, x, y));
      const model = supervised({ name: 'm', net: shift, loss, metrics: fitting, weight: 'w' });
      const trainer = new Trainer({ model, engine, optimizer: { use: 'sgd', options: { learningRate: 0 } } });
      for (const batchSize of [4, rows]) {
        const data = inMemory({ x, y, w }, { batchSize, shuffle: false });
        const options = { run: false, handleSignals: false, stepsPerExecution: 3, validationData: data } as const;
        const logs = (await trainer.fit(data, options)).history.last!;
        for (const metric of fitting) {
          seen.add(metric.name);
          const expected = (metric.result(metric.statistics(x, y, w)) as NDArray).item();
          for (const name of [metric.name, `val_${metric.name}`]) {
            const off = Math.abs(logs[name] - expected) / Math.max(1, Math.abs(expected));
            expect(off, `${name}: ${logs[name]}, expected ${expected}`).toBeLessThan(dtype === 'float32' ? 2e-5 : 1e-11);
          }
        }
      }
      await trainer.dispose();
    }
    expect([...seen].sort()).toEqual(all.map(({ name }) => name).sort());
  });
});
