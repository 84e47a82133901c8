/** A callback from functions, with misspelt hooks found at once. */
import { callbackMembers, didYouMean, listNames, type Callback } from '@gradus/core';
import { GradusError } from '@gradus/graph';

export type LambdaCallbackOptions = Partial<Callback>;

/**
 * Makes a callback from any hooks. An object with hooks is a callback too; this one checks the names, which JavaScript does not.
 *
 * @param options Hooks, and `name` where several are used in one run. Default name: `lambdaCallback`.
 * @throws `UNKNOWN_HOOK` for a name that is no hook, `INVALID_ARGUMENT` for a hook that is no function.
 * @example
 * lambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) });
 */
export function lambdaCallback(options: LambdaCallbackOptions = {}): Callback {
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(callbackMembers, key)) {
      const known = Object.keys(callbackMembers);
      throw new GradusError('UNKNOWN_HOOK', {
        what: `Callbacks have no hook '${key}'`,
        received: `'${key}'`,
        expected: `one of ${listNames(known)}`,
        fix: didYouMean(key, known),
      });
    }
    const type = callbackMembers[key as keyof Callback];
    if (value !== undefined && typeof value !== type) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: `'${key}' of lambdaCallback is not usable`,
        received: value === null ? 'null' : typeof value,
        expected: `a ${type}`,
      });
    }
  }
  return { ...options, name: options.name ?? 'lambdaCallback' };
}
