/** What happens where onnxruntime-node cannot be imported. */
import { add, asarray, isGradusError, trace, type Tensor } from '@gradus/graph';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ortEngine } from './ort-engine.js';

const missing = (): Promise<never> => Promise.reject(new Error("Cannot find package 'onnxruntime-node'\nRequire stack: many lines"));

const { graph } = trace((x: Tensor) => add(x, 1), { dtype: 'float32', shape: [2] });
const { graph: step } = trace(
  (state: Tensor, x: Tensor) => add(state, x),
  { dtype: 'float32', shape: [] },
  { dtype: 'float32', shape: [] },
);

afterEach(() => vi.restoreAllMocks());

describe('without onnxruntime-node', () => {
  it('the interpreter takes over and says so once', async () => {
    const messages: string[] = [];
    const engine = ortEngine({ importer: missing, onFallback: (message) => messages.push(message) });
    expect(engine.name).toBe('ort');
    const executable = await engine.compile(graph);
    const [result] = await executable.run([asarray([1, 2])]);
    const loop = await engine.compileLoop(step, { carried: 1, scanned: 1 });
    const [total] = await loop.run([asarray(0), asarray([1, 2, 3])]);

    expect(result.toArray()).toEqual([2, 3]);
    expect(total.item()).toBe(6);
    expect(engine.name).toBe('js');
    expect(messages).toHaveLength(1);
    const why = "Cannot find package 'onnxruntime-node'";
    for (const part of [why, 'interpreter', 'slower', 'npm install onnxruntime-node', 'ONNXRUNTIME_NODE_INSTALL=skip']) {
      expect(messages[0]).toContain(part);
    }
    expect(messages[0]).not.toContain('Require stack');
  });

  it('the message goes to console.warn by default', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await ortEngine({ importer: missing }).compile(graph);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('fallback: false throws', async () => {
    const engine = ortEngine({ importer: missing, fallback: false });
    const error = await engine.compile(graph).catch((e: unknown) => e);
    expect(isGradusError(error, 'ORT_UNAVAILABLE')).toBe(true);
    expect((error as Error).message).toContain('npm install onnxruntime-node');
  });

  it('a module without sessions counts as missing', async () => {
    const engine = ortEngine({ importer: async () => ({ default: {} }), fallback: false });
    await expect(engine.compile(graph)).rejects.toMatchObject({ code: 'ORT_UNAVAILABLE' });
  });
});

it('with onnxruntime-node nothing is printed', async () => {
  const spies = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
  const engine = ortEngine({ threads: 1 });
  const executable = await engine.compile(graph);
  await executable.run([asarray([1, 2])]);
  expect(engine.name).toBe('ort');
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
});
