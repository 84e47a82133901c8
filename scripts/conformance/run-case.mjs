// Runs one test: imports its model, traces it into a graph, runs that on each engine, compares. TypeScript sources are imported as
// they are; conformance.mjs has registered tsx by then.
import { readDataSets, readModel } from './cases.mjs';
import { difference } from './compare.mjs';
import { FAULTY } from './faulty.mjs';

const source = (name) => import(new URL(`../../packages/${name}/src/index.ts`, import.meta.url).href);
const { flattenArguments, jsEngine, NDArray, trace } = await source('graph');
const { decodeModel, decodeOptional, decodeSequence, decodeTensor, importGraph, toNDArray } = await source('onnx');
const { ortEngine } = await source('engine-ort');

const engines = { js: jsEngine, ort: ortEngine({ threads: 1, fallback: false }) };

/**
 * The result of a test: `passed`, `failed` (a wrong value, or an error that is none of the accepted kinds) or `not supported`,
 * with the reason; and the operator it stands for.
 */
export async function runCase(one, names) {
  let operator = '?';
  try {
    const model = decodeModel(readModel(one));
    operator = operatorOf(one, model);
    if (FAULTY[one.name] !== undefined) return { operator, status: 'not supported', reason: `the test is wrong: ${FAULTY[one.name]}` };
    for (const set of readDataSets(one)) {
      const failure = await runSet(model, set, names);
      if (failure !== undefined) return { operator, status: 'failed', reason: failure };
    }
    return { operator, status: 'passed' };
  } catch (error) {
    const reason = unsupportedReason(error);
    return reason === undefined
      ? { operator, status: 'failed', reason: error.code === undefined ? error.stack : error.message }
      : { operator, status: 'not supported', reason, message: error.message };
  }
}

async function runSet(model, set, names) {
  const inputs = Object.fromEntries(model.graph.inputs.map((value, i) => [value.name, decodeValue(value, set.inputs[i])]));
  const expected = model.graph.outputs.map((value, i) => decodeValue(value, set.outputs[i]));
  const { traced, args } = traceModel(model, inputs);
  for (const name of names) {
    const executable = await engines[name].compile(traced.graph);
    try {
      const results = traced.unflatten(await executable.run(flattenArguments(args)));
      for (const [i, { name: output }] of model.graph.outputs.entries()) {
        const wrong = difference(results[output] ?? null, expected[i]);
        if (wrong !== undefined) return `${name}: output '${output}': ${wrong}`;
      }
    } finally {
      await executable.dispose();
    }
  }
  return undefined;
}

/**
 * Traces a model on its inputs. An input that a rule must know, because it decides shapes, is frozen to the test's value; a test
 * that has nothing left to compute then is not counted.
 */
function traceModel(model, inputs) {
  const frozen = {};
  for (;;) {
    const graph = importGraph(model, { constants: frozen });
    const free = graph.inputs.map(({ name }) => name);
    // An optional without a value is no leaf of a tree of tensors.
    const absent = Object.fromEntries(free.filter((name) => inputs[name] === null).map((name) => [name, null]));
    const args = Object.fromEntries(free.filter((name) => inputs[name] !== null).map((name) => [name, inputs[name]]));
    if (Object.keys(frozen).length > 0 && flattenArguments(args).length === 0) throw new EverythingFrozen();
    try {
      const traced = trace((given) => withoutNull(graph.apply({ ...given, ...absent })), args);
      return { traced, args };
    } catch (error) {
      const wanted = error.code === 'NOT_CONSTANT' ? error.data.inputs.filter((name) => inputs[name] instanceof NDArray) : [];
      if (wanted.length === 0) throw error;
      for (const name of wanted) frozen[name] = inputs[name];
    }
  }
}

const withoutNull = (outputs) => Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== null));

class EverythingFrozen extends Error {}

function decodeValue({ type }, bytes) {
  const arrays = (value) => (value === null ? null : Array.isArray(value) ? value.map(arrays) : toNDArray(value));
  if (bytes === undefined) return null;
  if (type.kind === 'sequence') return arrays(decodeSequence(bytes));
  if (type.kind === 'optional') return arrays(decodeOptional(bytes));
  return arrays(decodeTensor(bytes));
}

/** Why a test is not supported, or `undefined` for an error that must not be. */
function unsupportedReason(error) {
  if (error instanceof EverythingFrozen) return 'every input decides a shape: nothing is left to compute';
  const { code, data = {} } = error;
  if (code === 'UNSUPPORTED_OPERATOR') return data.form === undefined ? `no rule for ${data.operator}` : `${data.operator}: ${data.form}`;
  if (code === 'NOT_CONSTANT') return 'a shape depends on values that are computed from an input';
  if (data.elementType !== undefined) return `element type ${data.elementType}`;
  // An operator of Gradus that takes fewer types than ONNX has.
  return code === 'DTYPE_MISMATCH' ? /\w+ does not take [^.]*/.exec(error.message)?.[0] : undefined;
}

/** The operator a test stands for: that of its first node which is no constant; for an expanded function, the function. */
function operatorOf(one, model) {
  if (one.folder !== 'node') return one.folder;
  if (one.name.endsWith('_expanded')) return operatorOf({ folder: 'node', name: '' }, decodeModel(readModel({ path: one.path.slice(0, -9) })));
  const types = model.graph.nodes.map(({ type }) => type);
  return types.find((type) => !['Constant', 'Identity', 'SequenceEmpty', 'Cast'].includes(type)) ?? types[0];
}
