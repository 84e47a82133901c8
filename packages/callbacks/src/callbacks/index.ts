// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import { depthScheduler } from './depth-scheduler.js';
import { earlyStopping } from './early-stopping.js';
import { lambdaCallback } from './lambda-callback.js';
import { memoryLogger } from './memory-logger.js';
import { progressBar } from './progress-bar.js';
import { telemetryLogger } from './telemetry-logger.js';
export * from './depth-scheduler.js';
export * from './early-stopping.js';
export * from './lambda-callback.js';
export * from './memory-logger.js';
export * from './progress-bar.js';
export * from './telemetry-logger.js';

/** Every factory of this folder, by its name. */
export const builtins = {
  depthScheduler,
  earlyStopping,
  lambdaCallback,
  memoryLogger,
  progressBar,
  telemetryLogger,
};
