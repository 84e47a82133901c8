/** Every example of every operator, as ONNX Runtime computes it. */
import { trace, type NDArray } from '@gradus/graph';
import { operatorCases } from '@gradus/graph/cases';
import { describe, it } from 'vitest';
import { expectClose } from '../test/expect-close.js';
import { ortEngine } from './ort-engine.js';

const engine = ortEngine({ threads: 1, fallback: false });

const list = Object.entries(operatorCases).flatMap(([operator, cases]) => cases.map((c) => ({ label: `${operator}: ${c.name}`, c })));

describe('operators', () => {
  it.each(list)('$label', async ({ label, c }) => {
    const { graph } = trace((inputs: NDArray[]) => [c.fn(...(inputs as never[]))].flat() as never, c.inputs as never);
    const executable = await engine.compile(graph);
    const results = await executable.run(c.inputs);
    await executable.dispose();
    const expected = [c.expected].flat() as NDArray[];
    expected.forEach((array, i) => {
      const usual = array.dtype === 'float64' ? 1e-12 : 1e-5;
      expectClose(results[i], array, Math.max(usual, c.tolerance ?? 0), label);
    });
  });
});
