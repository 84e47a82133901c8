/** Types and shapes of a model: what they are is found by tracing it at sizes of our choice, and compared with what the file says. */
import { formatSpec, isGradusError, isTensor, SymbolicTensor, type GradusError, type NDArray } from '@gradus/graph';
import { importGraph } from '../import/import-graph.js';
import type { Value } from '../import/value.js';
import type { ModelProto, TypeProto } from '../proto.js';
import type { Report } from './problem.js';

/** Sizes for those that are free: what fails at all of them fails at any. Multiples first, since some axes are divided. */
const SIZES = [12, 5, 1, 32];
/** Codes of what is wrong with the model. Others say only that its shapes cannot be known without running it. */
const TELLING = [
  'SHAPE_MISMATCH',
  'DTYPE_MISMATCH',
  'INVALID_AXIS',
  'INDEX_OUT_OF_RANGE',
  'INVALID_LOOP',
  'INVALID_BRANCHES',
  'INVALID_ONNX',
  'TREE_MISMATCH',
];

/** Elements of a value while it is looked at: a file of few bytes must not make millions. */
const MOST_ELEMENTS = 2 ** 22;

export function checkTypes(model: ModelProto, report: Report): void {
  const free = new Set(
    model.graph.inputs.flatMap(({ type }) => (type?.kind === 'tensor' ? (type.shape ?? []).filter((n) => typeof n !== 'number') : [])),
  );
  const errors: unknown[] = [];
  for (const size of free.size === 0 ? SIZES.slice(0, 1) : SIZES) {
    try {
      compare(model, traced(model, size), free.size === 0 ? null : size, report);
      return;
    } catch (error) {
      errors.push(error);
    }
  }
  const [error] = errors;
  if (!isGradusError(error) || !TELLING.includes(error.code) || error.data.elementType !== undefined || isOurs(error)) return;
  if (errors.some((other) => !isGradusError(other, error.code))) return;
  report({ kind: 'types', node: /^[\w.]+ '[^']*'/.exec(error.message)?.[0] ?? null, message: error.message });
}

/** ONNX has operators of integers that Gradus has for floats only. */
const isOurs = ({ code, message }: GradusError): boolean => code === 'DTYPE_MISMATCH' && /does not take .* of type u?int/.test(message);

/** The outputs on symbols whose free sizes are all `size`. @throws what importing throws, and `Untold` for inputs of no known shape. */
function traced(model: ModelProto, size: number): Record<string, Value> {
  const imported = importGraph<Value>(model, { limits: { elements: MOST_ELEMENTS, axis: MOST_ELEMENTS } });
  const inputs = imported.inputs.map(({ name, dtype, shape }) => {
    if (dtype === null || shape === null) throw new Untold();
    return [
      name,
      new SymbolicTensor(
        dtype,
        shape.map((n) => (typeof n === 'number' ? n : size)),
      ),
    ] as const;
  });
  return imported.apply(Object.fromEntries(inputs));
}

class Untold extends Error {}

function compare(model: ModelProto, outputs: Record<string, Value>, size: number | null, report: Report): void {
  for (const { name, type } of model.graph.outputs) {
    const value = outputs[name];
    if (type?.kind !== 'tensor' || !isTensor(value)) continue;
    const problem = (said: string): void =>
      report({
        kind: 'types',
        node: null,
        message: `The output '${name}' is ${formatSpec(value as NDArray)}${size === null ? '' : ` (with free sizes of ${size})`}; the file says ${said}`,
      });
    if (value.dtype !== type.elementType) problem(type.elementType);
    else if (!fits(type, value.shape)) problem(`[${type.shape!.map((n) => n ?? '?').join(', ')}]`);
  }
}

/** Names of sizes may stand for any; sizes that are told must be so. */
const fits = (type: TypeProto & { readonly kind: 'tensor' | 'sparse-tensor' }, shape: readonly number[]): boolean =>
  type.shape === null || (type.shape.length === shape.length && type.shape.every((n, i) => typeof n !== 'number' || n === shape[i]));
