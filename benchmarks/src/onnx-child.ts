/**
 * Exports or imports a model of a hundred million parameters, in a process of its own, and prints what that took. Arguments: `export` or
 * `import`, and the file.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { exportOnnx, importOnnx, writeModelFile } from '@gradus/onnx';
import { dense, full, sequential, softmaxCrossEntropy, supervised, type NDArray } from 'gradus';

const LAYERS = 10;
const WIDTH = 3162;
const [, , task, path] = process.argv;

/** The most that was ever resident. Linux's `maxRSS` counts the process that started this one, so its own record comes first. */
function highest(): number {
  const own = existsSync('/proc/self/status') ? /VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) : null;
  return 1024 * (own === null ? process.resourceUsage().maxRSS : Number(own[1]));
}

function exported(): number {
  const net = sequential(Array.from({ length: LAYERS }, () => dense({ in: WIDTH, out: WIDTH })));
  const model = supervised({ name: 'large', net, loss: softmaxCrossEntropy });
  const params: Record<string, NDArray> = {};
  for (let i = 0; i < LAYERS; i++)
    Object.assign(params, { [`${i}.weight`]: full([WIDTH, WIDTH], i + 0.5), [`${i}.bias`]: full([WIDTH], i) });
  const start = performance.now();
  writeModelFile(path, exportOnnx(model, { params }, { inputs: { x: { dtype: 'float32', shape: ['batch', WIDTH] } } }));
  return performance.now() - start;
}

function imported(): number {
  const start = performance.now();
  if (Object.keys(importOnnx(path).params).length !== 2 * LAYERS) throw new Error('not all parameters came in');
  return performance.now() - start;
}

const before = process.memoryUsage.rss();
const ms = task === 'export' ? exported() : imported();
const { size } = statSync(path);
console.log(JSON.stringify({ ms, size, peak: highest() - before }));
