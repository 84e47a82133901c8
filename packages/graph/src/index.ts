/** Symbolic tensors on ONNX operators: trace, differentiate, explicit random keys, and an interpreter. */
export { GradusError, isGradusError, type ErrorDetails } from './errors.js';
export { ALL, dtypes, FLOATS, INTEGERS, isFloat, NUMBERS, type DType, type TensorSpec, type TypedArray } from './dtype.js';
export { formatShape, normalizeAxes, normalizeAxis, sameShape, sizeOf, type Shape } from './shape.js';
export { arange, asarray, full, NDArray, ones, row, scalar, zeros, type Nested } from './ndarray.js';
export { userLine } from './origin.js';
export { isTensor, Node, SymbolicTensor, toTensor, type Tensor, type TensorLike } from './tensor.js';
export {
  apply,
  checkElements,
  formatSpec,
  requireDType,
  requireSameDType,
  shapeError,
  withElementLimit,
  type Attributes,
  type AttributeValue,
  type BatchContext,
  type GradientContext,
  type OnnxAttribute,
  type OnnxBody,
  type OnnxForm,
  type Operator,
} from './operator.js';
export { flatten, isLeaf, leaves, mapTree, unflatten, type MapTree, type Tree } from './tree.js';
export { flattenArguments, makeGraph, topologicalOrder, trace, type Graph, type Traced } from './graph.js';
export { writtenGraph } from './written.js';
export { checkInputs, prepare, substitute } from './interpreter.js';
export { gradients, grad, valueAndGrad } from './autodiff.js';
export { optimize } from './passes/optimize.js';
export { rewrite, type Rule as RewriteRule } from './passes/rewrite.js';
export { checkpoint } from './checkpoint.js';
export { jvp, vjp } from './vjp.js';
export { vmap, type BatchAxis, type VmapOptions } from './vmap.js';
export { alignedForBroadcast, allBatched } from './batching.js';
export { checkLoop, checkLoopInputs, jsEngine, type Engine, type Executable, type LoopLayout } from './engine.js';
export type { ArgOptions } from './arg-extreme.js';
export type { ReduceOptions } from './reduction.js';
export type { ChannelAffine } from './per-channel.js';
export type { PoolOptions } from './pooling.js';
export type { PerAxis, WindowOptions } from './windows.js';
export type { ScatterReduction } from './scatter-reduction.js';
export * from './ops/index.js';
export * from './functions/index.js';
export { bits } from './random/bits.js';
export { categorical, gumbel } from './random/categorical.js';
export { foldIn, randomKey, split } from './random/key.js';
export { normal } from './random/normal.js';
export { permutation } from './random/permutation.js';
export { bernoulli, uniform, type FloatOptions } from './random/uniform.js';
