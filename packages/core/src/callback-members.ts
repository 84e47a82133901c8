/** Every member of a callback by type. A new one in the contract fails to compile here until it is listed. */
import type { Callback } from './contracts/callback.js';

export const callbackMembers: Readonly<Record<keyof Callback, 'string' | 'boolean or number' | 'function'>> = {
  name: 'string',
  everyStep: 'boolean or number',
  check: 'function',
  restore: 'function',
  onTrainBegin: 'function',
  onTrainEnd: 'function',
  onEpochBegin: 'function',
  onEpochEnd: 'function',
  onTrainBatchBegin: 'function',
  onTrainBatchEnd: 'function',
  onTestBegin: 'function',
  onTestBatchBegin: 'function',
  onTestBatchEnd: 'function',
  onTestEnd: 'function',
  onPredictBegin: 'function',
  onPredictBatchBegin: 'function',
  onPredictBatchEnd: 'function',
  onPredictEnd: 'function',
  onInterrupt: 'function',
  onNonFinite: 'function',
  onError: 'function',
  onEvent: 'function',
  getState: 'function',
  setState: 'function',
};
