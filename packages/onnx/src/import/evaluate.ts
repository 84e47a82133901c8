/** Runs the nodes of a model on tensors: each node's rule in turn. */
import { GradusError, isGradusError, isTensor } from '@gradus/graph';
import type { FunctionProto, GraphProto, ModelProto, NodeProto } from '../proto.js';
import { toNDArray } from '../decode-tensor.js';
import { Call, labelOf } from './call.js';
import { refusal } from './refusals.js';
import { tables } from './rules/index.js';
import type { Rule } from './rule.js';
import type { Scope } from './scope.js';
import type { Value } from './value.js';

const rules = new Map<string, Rule>(tables.flatMap((table) => Object.entries(table)));

/** The key of a function, and of a node that calls it. */
export const functionKey = ({ domain, overload }: { domain: string; overload: string }, name: string): string =>
  `${domain}.${name}:${overload}`;

/** Computes `nodes` in their order and puts their outputs into `scope`. */
export function evaluate(nodes: readonly NodeProto[], scope: Scope): void {
  for (const node of nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : read(scope, name, node)));
    while (inputs.length > 0 && inputs[inputs.length - 1] === undefined) inputs.pop();
    const fn = scope.context.functions.get(functionKey(node, node.type));
    const outputs = fn === undefined ? applyRule(node, inputs, scope) : callFunction(fn, node, inputs, scope);
    node.outputs.forEach((name, i) => {
      if (name === '') return;
      checkAxes(node, outputs[i], scope.context.longest);
      if (outputs[i] === undefined) throw refusal(node, scope.opsets, `output ${i + 1}`);
      scope.set(name, outputs[i]);
    });
  }
}

/** Throws `TOO_LARGE` for a tensor with an axis that is longer than any list may be. */
function checkAxes(node: NodeProto, value: Value | undefined, longest: number): void {
  if (!isTensor(value) || value.shape.every((n) => n >= 0 && n <= longest)) return;
  throw new GradusError('TOO_LARGE', {
    what: `${labelOf(node)} gives an axis that is longer than those that are imported`,
    received: `[${value.shape.join(', ')}]`,
    expected: `${longest} places at most`,
  });
}

/** The outputs of a body on `inputs`; it sees what is in sight of `outer`. */
function runBody(body: GraphProto, inputs: readonly Value[], outer: Scope): readonly Value[] {
  const scope = outer.inner();
  for (const tensor of body.initializers) scope.set(tensor.name, toNDArray(tensor));
  body.inputs.forEach(({ name }, i) => inputs[i] === undefined || scope.set(name, inputs[i]));
  evaluate(body.nodes, scope);
  return body.outputs.map(({ name }) => read(scope, name));
}

/** The value of a name. @throws `INVALID_ONNX` when nothing has it. */
export function read(scope: Scope, name: string, node?: NodeProto): Value {
  const value = scope.get(name);
  if (value !== undefined) return value;
  const reason = scope.context.unreadable.get(name);
  if (reason !== undefined) throw reason;
  throw new GradusError('INVALID_ONNX', {
    what: `${node === undefined ? 'An output' : labelOf(node)} reads '${name}', which nothing before it gives`,
    fix: 'The nodes of a model must stand in topological order.',
  });
}

function applyRule(node: NodeProto, inputs: readonly (Value | undefined)[], scope: Scope): readonly (Value | undefined)[] {
  const rule = ruleOf(node);
  if (rule === undefined) throw refusal(node, scope.opsets);
  try {
    const outputs = rule(new Call(node, scope.opsets.get(node.domain) ?? 1, inputs, scope, runBody));
    return Array.isArray(outputs) ? outputs : [outputs as Value];
  } catch (error) {
    throw located(error, node);
  }
}

/** Errors of the graph's functions do not know the node: it is put before what they say. Others come from inputs or attributes that lack. */
function located(error: unknown, node: NodeProto): unknown {
  const label = labelOf(node);
  if (!isGradusError(error)) {
    return new GradusError('INVALID_ONNX', {
      what: `${label}: its inputs or attributes are not those of the operator`,
      received: error instanceof Error ? error.message : String(error),
      fix: 'Check the model with checkOnnx().',
      cause: error,
    });
  }
  if (!error.message.includes(label)) error.message = `${label}: ${error.message}`;
  return error;
}

function callFunction(fn: FunctionProto, node: NodeProto, inputs: readonly (Value | undefined)[], caller: Scope): readonly Value[] {
  if (caller.calls.includes(fn)) {
    throw new GradusError('INVALID_ONNX', {
      what: `${labelOf(node)} is a function that calls itself`,
      received: [...caller.calls, fn].map(({ name }) => name).join(' -> '),
    });
  }
  const attributes = new Map(fn.attributeDefaults);
  for (const [name, value] of node.attributes) {
    const actual = 'reference' in value ? caller.attributes.get(value.reference) : value;
    if (actual !== undefined) attributes.set(name, actual);
  }
  const scope = caller.inside(fn, attributes);
  fn.inputs.forEach((name, i) => inputs[i] === undefined || scope.set(name, inputs[i]));
  evaluate(fn.nodes, scope);
  return fn.outputs.map((name) => read(scope, name));
}

/** Throws `UNSUPPORTED_OPERATOR` for the first node that is neither an operator with a rule nor a function, inside bodies too. */
export function checkImportable(model: ModelProto): void {
  const functions = new Set(model.functions.map((fn) => functionKey(fn, fn.name)));
  const check = (nodes: readonly NodeProto[], opsets: ReadonlyMap<string, number>): void => {
    for (const node of nodes) {
      if (!functions.has(functionKey(node, node.type)) && ruleOf(node) === undefined) throw refusal(node, opsets);
      for (const attribute of node.attributes.values()) if ('graph' in attribute) check(attribute.graph.nodes, opsets);
    }
  };
  check(model.graph.nodes, model.opsets);
  for (const fn of model.functions) check(fn.nodes, fn.opsets);
}

const ruleOf = ({ domain, type }: NodeProto): Rule | undefined => rules.get(domain === '' ? type : `${domain}.${type}`);
