/** Why an operator has no rule, where there is more to say than that. */
import { GradusError } from '@gradus/graph';
import type { NodeProto } from '../proto.js';
import { labelOf } from './call.js';

interface Reason {
  readonly reason: string;
  readonly fix: string;
}

const QUANTISED: Reason = {
  reason: 'it computes with quantised integers, which have no gradient',
  fix: 'Train the float model that it was made from, and quantise the result: quantizeOnnx().',
};
const FUSED: Reason = {
  reason: 'it is an operator of ONNX Runtime that stands for several others, which its optimizer has fused',
  fix: 'Save the model before it is optimized: without session options that write an optimized model.',
};
const FITTED: Reason = {
  reason: 'it is fitted by other means than gradients',
  fix: 'Run it as it is: blackBoxOnnx() trains float initializers of any model without gradients.',
};
const OTHER: Reason = {
  reason: 'Gradus has no rule for it',
  fix: 'Export the model with other operators, or as a function of operators; blackBoxOnnx() trains it without gradients.',
};

function reasonOf({ type, domain }: NodeProto): Reason {
  if (/^(QLinear|Quantize|Dequantize|DynamicQuantize|ConvInteger|MatMulInteger|MatMulNBits|QAttention|QGemm|QOrdered)/.test(type))
    return QUANTISED;
  if (domain.startsWith('com.microsoft')) return FUSED;
  return domain === 'ai.onnx.ml' ? FITTED : OTHER;
}

/** An error for a node that is not imported. @param what The part of it that is not; default: all of it. */
export function refusal(node: NodeProto, opsets: ReadonlyMap<string, number>, what?: string): GradusError {
  const { type, domain } = node;
  const { reason, fix } = reasonOf(node);
  const version = opsets.get(domain);
  return new GradusError('UNSUPPORTED_OPERATOR', {
    what: `${what === undefined ? '' : `${what} of `}${labelOf(node)} cannot be imported: ${reason}`,
    received: `operator ${type} of ${domain === '' ? 'the ONNX domain' : `domain '${domain}'`}, version ${version ?? 'unknown'}`,
    fix,
    data: { operator: type, domain, version },
  });
}
