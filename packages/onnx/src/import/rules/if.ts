/** If: the graph chooses between tensors as it runs; what must be known at import is chosen at import. */
import { cond, isTensor, NDArray, reshape } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';
import type { Value } from '../value.js';

function choose(call: Call): readonly Value[] {
  const [then, otherwise] = [call.body('then_branch'), call.body('else_branch')];
  const condition = reshape(call.input(0), []);
  if (condition instanceof NDArray) return call.run(condition.data[0] !== 0 ? then : otherwise, []);
  const [a, b] = [call.run(then, []), call.run(otherwise, [])];
  // Which sequence or optional it is must be known; of tensors the graph chooses.
  if (!a.every(isTensor) || !b.every(isTensor)) throw call.notConstant('the condition', condition);
  return cond(
    condition,
    () => a,
    () => b,
  );
}

export const rules: Rules = { If: choose };
