/** Every benchmark, in the order of the table. */
import type { Benchmark } from '../benchmark.js';
import { checkpoint } from './checkpoint.js';
import { callbacks } from './callbacks.js';
import { conv } from './conv.js';
import { differences } from './differences.js';
import { eventLoop } from './event-loop.js';
import { hypercausal } from './hypercausal.js';
import { localLearning } from './local-learning.js';
import { lstm } from './lstm.js';
import { memory } from './memory.js';
import { mlflow } from './mlflow.js';
import { mlp } from './mlp.js';
import { onnx } from './onnx.js';
import { perSample } from './per-sample.js';
import { scaling } from './scaling.js';
import { transformer } from './transformer.js';

export const benchmarks: readonly Benchmark[] = [
  hypercausal,
  localLearning,
  mlp,
  conv,
  lstm,
  transformer,
  perSample,
  differences,
  scaling,
  memory,
  eventLoop,
  callbacks,
  checkpoint,
  onnx,
  mlflow,
];
