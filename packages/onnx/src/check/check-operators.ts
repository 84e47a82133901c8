/** Operators of a model: that its operator sets have them, with the inputs, outputs and attributes that the nodes give. */
import { didYouMean } from '@gradus/core';
import { functionKey } from '../import/evaluate.js';
import { labelOf } from '../import/call.js';
import type { AttributeProto, ModelProto, NodeProto } from '../proto.js';
import { NEWEST, OPERATORS } from './operators.js';
import type { Report } from './problem.js';

/** An operator as one operator set has it. */
interface Form {
  readonly since: number;
  /** `null` where the set has taken it out. */
  readonly signature: {
    readonly inputs: Range;
    readonly outputs: Range;
    readonly attributes: ReadonlyMap<string, { readonly letter: string; readonly required: boolean }>;
  } | null;
}

type Range = readonly [least: number, most: number];

const rangeOf = (text: string): Range => {
  const [least, most] = text.split('-');
  return [Number(least), most === '*' ? Infinity : Number(most)];
};

function formOf(since: string, parts: readonly string[]): Form {
  const [inputs, outputs, ...attributes] = parts;
  if (inputs === 'gone') return { since: Number(since), signature: null };
  const own = attributes.map((text) => {
    const [name, letter] = text.split(':');
    return [name, { letter: letter[0], required: letter.endsWith('!') }] as const;
  });
  return { since: Number(since), signature: { inputs: rangeOf(inputs), outputs: rangeOf(outputs), attributes: new Map(own) } };
}

let table: ReadonlyMap<string, readonly Form[]> | undefined;

/** Read when it is first needed. */
function operators(): ReadonlyMap<string, readonly Form[]> {
  if (table !== undefined) return table;
  const forms = new Map<string, Form[]>();
  for (const line of OPERATORS.trim().split('\n')) {
    const [name, since, ...parts] = line.split(' ');
    forms.set(name, [...(forms.get(name) ?? []), formOf(since, parts)]);
  }
  return (table = forms);
}

/** The letter of an attribute's type, and what it is called. */
const KINDS: Readonly<Record<string, readonly [letter: string, name: string]>> = {
  float: ['f', 'a float'],
  int: ['i', 'an int'],
  string: ['s', 'a string'],
  tensor: ['t', 'a tensor'],
  graph: ['g', 'a graph'],
  type: ['p', 'a type'],
  floats: ['F', 'floats'],
  ints: ['I', 'ints'],
  strings: ['S', 'strings'],
  tensors: ['T', 'tensors'],
  graphs: ['G', 'graphs'],
  types: ['P', 'types'],
};

const nameOf = (letter: string): string => Object.values(KINDS).find(([own]) => own === letter)?.[1] ?? 'a sparse tensor';

export function checkOperators(model: ModelProto, report: Report): void {
  const functions = new Set(model.functions.map((fn) => functionKey(fn, fn.name)));
  const check = (nodes: readonly NodeProto[], opsets: ReadonlyMap<string, number>): void => {
    for (const node of nodes) {
      if (!functions.has(functionKey(node, node.type))) checkNode(node, opsets, report);
      for (const attribute of node.attributes.values()) {
        if ('graph' in attribute) check(attribute.graph.nodes, opsets);
        if ('graphs' in attribute) for (const graph of attribute.graphs) check(graph.nodes, opsets);
      }
    }
  };
  for (const [domain, version] of model.opsets) {
    if (version < 1 || (domain === '' && version > NEWEST)) {
      report({
        kind: 'operators',
        node: null,
        message: `The model asks for operator set ${version} of ${domain === '' ? 'ONNX' : domain}: there are 1 to ${NEWEST}`,
      });
    }
  }
  check(model.graph.nodes, model.opsets);
  for (const fn of model.functions) check(fn.nodes, fn.opsets.size === 0 ? model.opsets : fn.opsets);
}

function checkNode(node: NodeProto, opsets: ReadonlyMap<string, number>, report: Report): void {
  const label = labelOf(node);
  const problem = (message: string): void => report({ kind: 'operators', node: label, message: `${label}: ${message}` });
  const version = opsets.get(node.domain);
  if (version === undefined) return problem(`the model imports no operator set of ${node.domain === '' ? 'ONNX' : `'${node.domain}'`}`);
  // Of other domains nothing is known here.
  if (node.domain !== '') return;
  const forms = operators().get(node.type);
  if (forms === undefined) return problem(`ONNX has no operator ${node.type}. ${didYouMean(node.type, [...operators().keys()])}`);
  const form = forms.findLast(({ since }) => since <= version);
  if (form === undefined) return problem(`operator set ${version} has no ${node.type}, which came with ${forms[0].since}`);
  if (form.signature === null) return problem(`operator set ${form.since} has taken ${node.type} out`);
  const { inputs, outputs, attributes } = form.signature;
  checkCount(node.inputs, inputs, 'input', problem);
  checkCount(node.outputs, outputs, 'output', problem);
  for (const [name, { required }] of attributes) if (required && !node.attributes.has(name)) problem(`the attribute '${name}' is missing`);
  for (const [name, value] of node.attributes) checkAttribute(name, value, attributes.get(name)?.letter, [...attributes.keys()], problem);
}

/** Trailing ones that are left out may be named ''. */
function checkCount(names: readonly string[], [least, most]: Range, what: string, problem: (message: string) => void): void {
  const count = names.findLastIndex((name) => name !== '') + 1;
  if (count >= least && count <= most) return;
  const wanted = least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  problem(`${count} ${what}${count === 1 ? '' : 's'} where there must be ${wanted}`);
}

function checkAttribute(
  name: string,
  value: AttributeProto,
  letter: string | undefined,
  known: readonly string[],
  problem: (message: string) => void,
): void {
  if (letter === undefined) {
    return problem(`it has no attribute '${name}'. ${known.length === 0 ? 'It has none.' : didYouMean(name, known)}`);
  }
  // Inside a function the caller's attribute stands for it; what is not read is a sparse tensor.
  if ('reference' in value || 'unread' in value) return;
  const [own, title] = KINDS[Object.keys(value)[0]];
  // A list that is empty does not show its type in old files.
  if (own !== letter) problem(`the attribute '${name}' is ${title} and must be ${nameOf(letter)}`);
}
