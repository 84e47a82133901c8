/** Files on disk: large tensors, external data, and data that is somewhere else than it may be. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { decodeModel, parseModel, readModelFile, serializeModel, toNDArray, writeModelFile, type ModelMessage, type TensorMessage } from '../index.js';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-model-'));
  path = join(folder, 'model.onnx');
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const tensor = (name: string, values: readonly number[]): TensorMessage => {
  const data = Float32Array.from(values);
  return { dims: [BigInt(data.length)], dataType: 1, name, rawData: new Uint8Array(data.buffer) };
};
const modelOf = (...initializer: TensorMessage[]): ModelMessage => ({ irVersion: 8n, graph: { initializer } });
const counting = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);

/** Initializers, a constant inside a body, and one of a function: everywhere a tensor can be. */
const everywhere: ModelMessage = {
  irVersion: 8n,
  graph: {
    node: [{ opType: 'If', attribute: [{ name: 'then_branch', g: { initializer: [tensor('inner', counting(400, 7))] }, type: 5 }] }],
    initializer: [tensor('large', counting(20_000)), tensor('small', [1, 2])],
  },
  functions: [{ name: 'f', node: [{ opType: 'Constant', attribute: [{ name: 'value', t: tensor('', counting(500, -3)), type: 4 }] }] }],
};

it('a tensor larger than the window is read straight into memory of its own', () => {
  writeModelFile(path, everywhere);
  expect(readModelFile(path)).toEqual(everywhere);
  expect(readModelFile(path).graph!.initializer![0].rawData!.buffer.byteLength).toBe(80_000);
  expect(readFileSync(path).equals(serializeModel(everywhere))).toBe(true);
});

describe('external data', () => {
  it('is written beside the model, page by page, and read back', () => {
    writeModelFile(path, everywhere, { externalData: true });
    expect(readdirSync(folder).sort()).toEqual(['model.onnx', 'model.onnx.data']);
    expect(statSync(path).size).toBeLessThan(1000);
    expect(readModelFile(path)).toEqual(everywhere);
    const kept = readModelFile(path, { externalData: 'keep' });
    expect(kept.graph!.initializer).toMatchObject([
      { name: 'large', dataLocation: 1, externalData: [{ key: 'location', value: 'model.onnx.data' }, { key: 'offset', value: '4096' }, { key: 'length', value: '80000' }] },
      { name: 'small', rawData: tensor('small', [1, 2]).rawData },
    ]);
  });

  it('leaves small tensors in the model, and goes where it is told', () => {
    writeModelFile(path, everywhere, { externalData: true, threshold: 3000, location: 'weights.bin' });
    expect(statSync(join(folder, 'weights.bin')).size).toBe(80_000);
    expect(readModelFile(path)).toEqual(everywhere);
    for (const location of ['../w', 'a/b', '..', '']) {
      expect(() => writeModelFile(path, everywhere, { location })).toThrow(/'location' of writeModelFile.*INVALID_ARGUMENT/);
    }
  });

  it('is named where only bytes are there', () => {
    writeModelFile(path, modelOf(tensor('w', counting(300))), { externalData: true });
    const [w] = decodeModel(readFileSync(path)).graph.initializers;
    expect(() => toNDArray(w)).toThrow(/'w' is kept in a file of its own.*model.onnx.data.*readModelFile.*INVALID_ONNX/);
    expect(toNDArray(decodeModel(readModelFile(path)).graph.initializers[0]).data).toEqual(Float32Array.from(counting(300)));
  });

  const outside = (entries: Record<string, string>, dims = [4n]): ModelMessage =>
    modelOf({ dims, dataType: 1, name: 'w', dataLocation: 1, externalData: Object.entries(entries).map(([key, value]) => ({ key, value })) });
  const refused = (model: ModelMessage, reason: RegExp): void => {
    writeFileSync(path, serializeModel(model));
    expect(() => readModelFile(path)).toThrow(reason);
  };

  it('does not leave the folder of the model', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'gradus-elsewhere-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    writeFileSync(join(elsewhere, 'secret'), new Uint8Array(16));
    symlinkSync(join(elsewhere, 'secret'), join(folder, 'link'));
    mkdirSync(join(folder, 'below'));
    symlinkSync(elsewhere, join(folder, 'below', 'way'));
    for (const location of ['../secret', '/etc/passwd', join(elsewhere, 'secret'), 'below/../../x', '..', '']) {
      refused(outside({ location }), /'w' has its elements outside of the folder of its model.*INVALID_ONNX/);
    }
    for (const location of ['link', 'below/way/secret']) refused(outside({ location }), /which is a link to .*secret.*INVALID_ONNX/);
    writeFileSync(join(folder, 'below', 'w'), new Uint8Array(16));
    writeFileSync(path, serializeModel(outside({ location: './below/w' })));
    expect(readModelFile(path).graph!.initializer![0].rawData).toEqual(new Uint8Array(16));
  });

  it('must be there, and fit its tensor', () => {
    writeFileSync(join(folder, 'data'), new Uint8Array(20));
    refused(outside({ location: 'nothing' }), /'nothing' beside the model.*INVALID_ONNX/);
    refused(outside({ location: 'data', offset: '8' }), /16 bytes at 8 of 'data', which has 20.*INVALID_ONNX/);
    refused(outside({ location: 'data', length: '12' }), /12 bytes at 0.*16 bytes.*INVALID_ONNX/);
    refused(outside({ location: 'data', offset: '-4' }), /'offset' that is no number of bytes.*'-4'.*INVALID_ONNX/);
    refused(outside({ location: 'data', length: '1e3' }), /'length' that is no number of bytes.*INVALID_ONNX/);
    // Sizes that would fill the memory are compared with the file first.
    refused(outside({ location: 'data' }, [2n ** 40n, 2n ** 10n]), /which has 20.*INVALID_ONNX/);
    refused(outside({ location: 'data' }, [-4n]), /INVALID_ONNX/);
  });
});

it('a file that was cut off is refused, and a write that fails leaves the old file', () => {
  writeModelFile(path, everywhere);
  truncateSync(path, 60_000);
  expect(() => readModelFile(path)).toThrow(/model.onnx cannot be read.*a length of \d+ where \d+ bytes are left.*INVALID_ONNX/);
  expect(() => parseModel(readFileSync(path))).toThrow('INVALID_ONNX');
  writeFileSync(path, 'old');
  expect(() => writeModelFile(path, { producerName: 'x', irVersion: 'no number' as never })).toThrow();
  expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['old', ['model.onnx']]);
});
