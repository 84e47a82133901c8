/** The machine's own peak: a large float32 product of matrices in ONNX Runtime. */
import { ortEngine } from '@gradus/engine-ort';
import { matmul, ones, trace, type Tensor } from '@gradus/graph';
import type { Round } from './rounds.js';

const SIZE = 1024;

/** A round that gives GFLOP/s. */
export async function matmulPeak(threads: number): Promise<Round> {
  const matrix = ones([SIZE, SIZE]);
  const { graph } = trace((a: Tensor, b: Tensor) => matmul(a, b), matrix, matrix);
  const executable = await ortEngine({ threads, fallback: false }).compile(graph);
  return async () => {
    const start = performance.now();
    await executable.run([matrix, matrix]);
    return (2 * SIZE ** 3) / ((performance.now() - start) * 1e6);
  };
}
