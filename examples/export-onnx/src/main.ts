/** Trained models leave as ONNX files, and ONNX Runtime gives what they gave. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DepthAwareBackend, HCNode, tensorSequenceModel } from '@gradus/hypercausal';
import { exportOnnx, ortSessions, serializeModel, verifyOnnx, writeModelFile } from '@gradus/onnx';
import {
  asarray,
  cosineDecay,
  dense,
  inMemory,
  meanSquaredError,
  runnable,
  sequential,
  supervised,
  tanh,
  Trainer,
  type NDArray,
} from 'gradus';
import { picture } from './picture.js';

const SIDE = 60;
const folder = process.argv[2] ?? '.';
mkdirSync(folder, { recursive: true });

/** A surface over the plane: sin(3 x) cos(2 y), at the places of a grid from -1.5 to 1.5. */
function surface(side: number): { x: NDArray; y: NDArray } {
  const at = (i: number): number => -1.5 + (3 * i) / (side - 1);
  const places = Array.from({ length: side * side }, (_, i) => [at(i % side), at(Math.floor(i / side))]);
  return { x: asarray(places), y: asarray(places.map(([x, y]) => [Math.sin(3 * x) * Math.cos(2 * y)])) };
}

const model = supervised({
  name: 'surface',
  net: sequential([dense({ in: 2, out: 48 }), tanh, dense({ in: 48, out: 48 }), tanh, dense({ in: 48, out: 1 })]),
  loss: meanSquaredError,
});
const trainer = new Trainer({
  model,
  optimizer: { use: 'adam', options: { learningRate: cosineDecay({ initValue: 1e-2, decaySteps: 9 * 400 }) } },
  seed: 11,
});
const data = surface(24);
const { history } = await trainer.fit(inMemory({ ...data }, { batchSize: 64, seed: 2 }), { epochs: 400, run: false });
console.log(`Trained to a loss of ${history.last.loss.toFixed(4)}`);

const file = exportOnnx(model, trainer.state, {
  inputs: { x: { dtype: 'float32', shape: ['batch', 2] } },
  description: 'sin(3 x) cos(2 y), as a small network remembers it.',
});
writeModelFile(join(folder, 'surface.onnx'), file);
const report = await verifyOnnx(file, model, trainer.state);
console.log(
  `surface.onnx differs by ${report.largest.toExponential(1)} at batch sizes ${report.runs.map(({ sizes }) => sizes.batch).join(', ')}`,
);

// The file as somebody else would run it.
const { x } = surface(SIDE);
const session = await ortSessions()(readFileSync(join(folder, 'surface.onnx')));
const { output } = await session.run({ x });
await session.release?.();
const live = (await trainer.predict({ x })) as NDArray;
await trainer.dispose();
const values = output.data as Float32Array;
const differences = Float64Array.from(values, (value, i) => Math.abs(value - (live.data as Float32Array)[i]));
writeFileSync(join(folder, 'difference.svg'), picture(values, differences, SIDE));

for (const depth of [1, 3, 8]) {
  const nodes = [0.9, 0.97, 1.05].map((w) => new HCNode(new DepthAwareBackend({ outputDim: 3, w, span: 0.25, depth })));
  const chain = tensorSequenceModel({ nodes, branches: 5 });
  const params = chain.init(asarray(new Uint32Array(2)));
  const message = exportOnnx(chain, { params }, { inputs: { x: { dtype: 'float64', shape: ['steps', 3] } }, rewrite: runnable });
  const { largest, passed } = await verifyOnnx(message, chain, { params });
  console.log(`chain.onnx at depth ${depth}: ${serializeModel(message).length} bytes, differs by ${largest.toExponential(1)}`);
  if (!passed) throw new Error('The chain differs from its file');
  if (depth === 3) writeModelFile(join(folder, 'chain.onnx'), message);
}
console.log(`Files and difference.svg in ${folder}`);
