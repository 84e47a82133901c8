/** Checks ONNX models: for files that come from elsewhere, and for those that a program puts together. */
import { isGradusError } from '@gradus/graph';
import { decodeModel } from '../decode.js';
import type { ModelProto } from '../proto.js';
import { readModelFile } from '../wire/model-file.js';
import type { ModelMessage } from '../wire/schema.js';
import { checkNames } from './check-names.js';
import { checkOperators } from './check-operators.js';
import { checkTypes } from './check-types.js';
import type { Problem } from './problem.js';

/** The newest file format that is known. */
const NEWEST_IR = 14;

/**
 * Everything that is wrong with a model, as far as users run into it: bytes that are none, names that are given twice or not at all, nodes
 * out of order or in a circle, operators that the operator set does not have, inputs, outputs and attributes that they do not take, types
 * and shapes that do not fit. Types and shapes are looked at only where nothing else is wrong.
 *
 * @param source The bytes of a file, its path, or a message.
 * @returns one entry for each problem, empty for a model without any. Nothing is thrown for a bad model.
 * @example
 * for (const { message } of checkOnnx('model.onnx')) console.error(message);
 */
export function checkOnnx(source: Uint8Array | string | ModelMessage): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (problem: Problem): void => void problems.push(problem);
  let model: ModelProto;
  try {
    model = decodeModel(typeof source === 'string' ? readModelFile(source) : source);
  } catch (error) {
    if (!isGradusError(error)) throw error;
    return [{ kind: 'file', node: null, message: error.message }];
  }
  if (model.irVersion < 1 || model.irVersion > NEWEST_IR) {
    report({ kind: 'file', node: null, message: `The file format is IR version ${model.irVersion}: there are 1 to ${NEWEST_IR}` });
  }
  checkNames(model, report);
  checkOperators(model, report);
  if (problems.length === 0) checkTypes(model, report);
  return problems;
}
