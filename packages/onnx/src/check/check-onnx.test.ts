/** Each thing that users get wrong is found, and said with the name of its node. */
import { tanh, trace, type Tensor } from '@gradus/graph';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkOnnx,
  encodeModel,
  parseModel,
  serializeModel,
  type AttributeMessage,
  type GraphMessage,
  type ModelMessage,
  type NodeMessage,
  type ValueInfoMessage,
} from '../index.js';

const value = (name: string, shape?: readonly (number | string)[], elemType = 1): ValueInfoMessage => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: shape && { dim: shape.map((n) => (typeof n === 'string' ? { dimParam: n } : { dimValue: BigInt(n) })) },
    },
  },
});
const node = (opType: string, input: string, output: string, attribute: AttributeMessage[] = [], name = `${opType}-node`): NodeMessage => ({
  opType,
  name,
  input: input
    .split(' ')
    .filter(Boolean)
    .map((own) => (own === '_' ? '' : own)),
  output: output.split(' ').filter(Boolean),
  attribute,
});
const floats = (name: string, dims: number[], count = dims.reduce((a, b) => a * b, 1)): object => ({
  name,
  dims: dims.map(BigInt),
  dataType: 1,
  rawData: new Uint8Array(4 * count),
});
const modelOf = (graph: GraphMessage, opset = 18n, irVersion = 8n): ModelMessage => ({
  irVersion,
  opsetImport: [{ domain: '', version: opset }],
  graph: { name: 'g', ...graph },
});
const small = (nodes: NodeMessage[], further: GraphMessage = {}, opset = 18n): ModelMessage =>
  modelOf({ node: nodes, input: [value('x', ['batch', 3])], output: [value('y')], ...further }, opset);
const messages = (model: ModelMessage | Uint8Array): string[] => checkOnnx(model).map(({ kind, message }) => `${kind}: ${message}`);

it('a good model has no problems', () => {
  const { graph } = trace((x: Tensor) => tanh(x), { dtype: 'float32', shape: [2] });
  expect(checkOnnx(encodeModel(graph))).toEqual([]);
  expect(messages(small([node('Tanh', 'x', 'y')]))).toEqual([]);
});

describe('a file', () => {
  it('that cannot be read', () => {
    expect(messages(Uint8Array.of(1, 2, 3))).toEqual([expect.stringMatching(/^file: The model cannot be read.*INVALID_ONNX/)]);
    expect(messages({ irVersion: 8n })).toEqual([expect.stringMatching(/^file: The model has no graph/)]);
    expect(messages(small([node('Tanh', 'x', 'y')], { initializer: [floats('w', [3], 2)] }))).toEqual([
      expect.stringMatching(/^file: Tensor 'w' does not fit its shape.*8 bytes.*12 for float32\[3\]/),
    ]);
  });

  it('of a format or an operator set that nobody knows', () => {
    expect(messages(modelOf(small([node('Tanh', 'x', 'y')]).graph!, 18n, 99n))).toEqual([
      'file: The file format is IR version 99: there are 1 to 14',
    ]);
    expect(messages(small([node('Tanh', 'x', 'y')], {}, 99n))).toContain(
      'operators: The model asks for operator set 99 of ONNX: there are 1 to 28',
    );
  });
});

describe('names', () => {
  it('that nothing gives', () => {
    expect(messages(small([node('Add', 'x wieght', 'y')], { initializer: [floats('weight', [3])] }))).toEqual([
      "names: Add 'Add-node' reads 'wieght', which nothing gives. Did you mean 'weight'?",
    ]);
    expect(messages(small([node('Tanh', 'x', 'z')]))).toEqual([
      expect.stringMatching(/^names: The graph has an output 'y' that nothing gives/),
    ]);
    expect(messages(small([{ ...node('Tanh', 'x', 'y'), output: [] }]))[0]).toMatch("Tanh 'Tanh-node' has no output");
  });

  it('that are given after they are read', () => {
    expect(messages(small([node('Tanh', 'h', 'y'), node('Relu', 'x', 'h')]))).toEqual([
      "names: Tanh 'Tanh-node' reads 'h' of Relu 'Relu-node', which stands after it: nodes stand in topological order",
    ]);
  });

  it('that go round in a circle', () => {
    const [first, ...more] = checkOnnx(
      small([node('Add', 'x c', 'a'), node('Tanh', 'a', 'b'), node('Relu', 'b', 'c'), node('Neg', 'a', 'y')]),
    );
    expect([first.node, first.message]).toEqual([
      expect.stringMatching(/node'$/),
      expect.stringMatching(
        /(Add 'Add-node'|Relu 'Relu-node'|Tanh 'Tanh-node').*->.*->.*each of these nodes waits for the one after it, in a circle/,
      ),
    ]);
    expect(more.map(({ message }) => message)).toEqual([]);
  });

  it('that are given twice', () => {
    expect(messages(small([node('Tanh', 'x', 'y', [], 'one'), node('Relu', 'x', 'y', [], 'two')]))).toEqual([
      "names: Relu 'two' gives 'y', which Tanh 'one' gives already",
    ]);
    expect(messages(small([node('Tanh', 'x', 'x')]))[0]).toBe(
      "names: Tanh 'Tanh-node' gives 'x', which is an input, an initializer or a value already",
    );
    expect(messages(small([node('Tanh', 'x', 'y')], { input: [value('x', [1]), value('x', [2])] }))).toContain(
      "names: The graph has two inputs called 'x'",
    );
    expect(messages(small([node('Tanh', 'x', 'y')], { initializer: [floats('w', [1]), floats('w', [1])] }))).toContain(
      "names: The graph has two initializers called 'w'",
    );
    expect(messages(small([node('Tanh', 'x', 'y')], { output: [value('y'), value('y')] }))).toContain(
      "names: The graph has two outputs called 'y'",
    );
  });

  it('of bodies, which see those around them and may not take them', () => {
    const body = (nodes: NodeMessage[], output: string): AttributeMessage => ({
      name: 'then_branch',
      type: 5,
      g: { name: 'then', node: nodes, output: [value(output)] },
    });
    const choice = (own: AttributeMessage): ModelMessage =>
      small([node('If', 'c', 'y', [own, { ...own, name: 'else_branch' }])], { input: [value('x', [3]), value('c', [], 9)] });
    expect(messages(choice(body([node('Tanh', 'x', 'inner')], 'inner')))).toEqual([]);
    expect(messages(choice(body([node('Tanh', 'x', 'c')], 'c')))[0]).toMatch(/Tanh 'Tanh-node' gives 'c', which is an input/);
    expect(messages(choice(body([node('Tanh', 'z', 'inner')], 'other')))).toContain(
      "names: Tanh 'Tanh-node' reads 'z', which nothing gives. Choose one of the names above.",
    );
    expect(messages(choice(body([node('Tanh', 'x', 'inner')], 'outer')))[0]).toMatch(
      /The body 'then' of If 'If-node' has an output 'outer' that nothing gives/,
    );
  });

  it('of initializers in old files, which are inputs too', () => {
    expect(
      messages(
        modelOf(
          { node: [node('Add', 'x w', 'y')], input: [value('x', [3])], output: [value('y')], initializer: [floats('w', [3])] },
          9n,
          3n,
        ),
      ),
    ).toEqual(["names: The initializer 'w' is no input of the graph, which files of before IR version 4 want"]);
  });
});

describe('operators', () => {
  it('that do not exist, or not yet, or no more', () => {
    expect(messages(small([node('Convv', 'x', 'y')]))).toEqual([
      "operators: Convv 'Convv-node': ONNX has no operator Convv. Did you mean 'Conv'?",
    ]);
    expect(messages(small([node('Gelu', 'x', 'y')]))).toEqual([
      "operators: Gelu 'Gelu-node': operator set 18 has no Gelu, which came with 20",
    ]);
    expect(messages(small([node('Upsample', 'x s', 'y')], { initializer: [floats('s', [2])] }))).toEqual([
      "operators: Upsample 'Upsample-node': operator set 10 has taken Upsample out",
    ]);
    expect(messages(small([{ ...node('Swirl', 'x', 'y'), domain: 'com.example' }]))).toEqual([
      "operators: com.example.Swirl 'Swirl-node': the model imports no operator set of 'com.example'",
    ]);
  });

  it('with other inputs, outputs or attributes', () => {
    expect(messages(small([node('Add', 'x', 'y')]))).toEqual(["operators: Add 'Add-node': 1 input where there must be 2"]);
    expect(messages(small([node('Clip', 'x _ _ x', 'y')]))).toEqual(["operators: Clip 'Clip-node': 4 inputs where there must be 1 to 3"]);
    expect(messages(small([node('Tanh', 'x', 'y z')]))).toEqual(["operators: Tanh 'Tanh-node': 2 outputs where there must be 1"]);
    expect(messages(small([node('Concat', 'x x', 'y')]))).toEqual(["operators: Concat 'Concat-node': the attribute 'axis' is missing"]);
    expect(messages(small([node('Softmax', 'x', 'y', [{ name: 'axes', i: 1n, type: 2 }])]))).toEqual([
      "operators: Softmax 'Softmax-node': it has no attribute 'axes'. Did you mean 'axis'?",
    ]);
    expect(messages(small([node('Softmax', 'x', 'y', [{ name: 'axis', f: 1, type: 1 }])]))).toEqual([
      "operators: Softmax 'Softmax-node': the attribute 'axis' is a float and must be an int",
    ]);
    expect(messages(small([node('Clip', 'x _', 'y')]))).toEqual([]);
  });
});

describe('types and shapes', () => {
  const reshaped = (to: bigint[]): ModelMessage =>
    small([node('Reshape', 'x s', 'y')], {
      input: [value('x', [2, 3])],
      initializer: [{ name: 's', dims: [BigInt(to.length)], dataType: 7, int64Data: BigInt64Array.from(to) }],
    });

  it('that do not fit, with the node', () => {
    const [problem] = checkOnnx(small([node('Add', 'x w', 'y')], { initializer: [floats('w', [4])] }));
    expect([problem.kind, problem.node, problem.message]).toEqual([
      'types',
      "Add 'Add-node'",
      expect.stringMatching(/^Add 'Add-node': Add: shapes do not broadcast.*float32\[4\].*SHAPE_MISMATCH/),
    ]);
    expect(messages(small([node('Not', 'x', 'y')]))[0]).toMatch(/^types: Not 'Not-node': Not does not take the input of type float32/);
    expect(messages(reshaped([4n, 2n]))[0]).toMatch(/^types: Reshape 'Reshape-node': .*cannot become \[4, 2\]/);
    expect(messages(reshaped([3n, 2n]))).toEqual([]);
  });

  it('of outputs, where the file says another one', () => {
    const says = (output: ValueInfoMessage): string[] => messages(small([node('Tanh', 'x', 'y')], { output: [output] }));
    expect(says(value('y', ['batch', 4]))).toEqual([
      "types: The output 'y' is float32[12, 3] (with free sizes of 12); the file says [batch, 4]",
    ]);
    expect(says(value('y', ['batch', 3], 11))).toEqual([
      "types: The output 'y' is float32[12, 3] (with free sizes of 12); the file says float64",
    ]);
    expect(says(value('y', ['any', 3]))).toEqual([]);
  });

  it('that only running can tell are left alone', () => {
    expect(messages(small([node('NonZero', 'x', 'y')]))).toEqual([]);
    expect(messages(small([node('Tanh', 'x', 'y')], { input: [value('x')] }))).toEqual([]);
    expect(messages(small([node('Tanh', 'x', 'y')], { input: [value('x', [3], 10)] }))).toEqual([]);
  });

  it('that need sizes which can be divided are tried at several', () => {
    expect(
      messages(
        small([
          node('Split', 'x', 'a y', [
            { name: 'axis', i: 0n, type: 2 },
            { name: 'num_outputs', i: 2n, type: 2 },
          ]),
        ]),
      ),
    ).toEqual([]);
  });
});

it('a constant that would fill the memory is not made', () => {
  const huge = small([node('ConstantOfShape', 's', 'y')], {
    input: [],
    initializer: [{ name: 's', dims: [2n], dataType: 7, int64Data: BigInt64Array.of(2n ** 20n, 2n ** 20n) }],
  });
  expect(messages(huge)).toEqual([]);
});

const testdata = process.env.GRADUS_ONNX_TESTDATA ?? '/usr/share/libonnx-testdata/data';
describe.skipIf(!existsSync(testdata))('the models of ONNX', () => {
  it('have no problems, but for those that later operator sets have taken out', { timeout: 120_000 }, () => {
    const files = readdirSync(testdata, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.onnx'))
      .sort();
    const found = files.flatMap((file) =>
      checkOnnx(serializeModel(parseModel(readFileSync(join(testdata, file))))).map(({ message }) => `${file}: ${message}`),
    );
    expect(found).toEqual([]);
  });
});
