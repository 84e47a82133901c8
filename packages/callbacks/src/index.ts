/** Callbacks for the trainer, one file each, and the plugin that makes them known by name. */
import { definePlugin, type Plugin } from '@gradus/core';
import { builtins } from './callbacks/index.js';

export { depthAt, depthScheduler, type DepthLaw, type DepthSchedulerOptions } from './callbacks/depth-scheduler.js';
export { earlyStopping, type EarlyStopping, type EarlyStoppingOptions } from './callbacks/early-stopping.js';
export { lambdaCallback, type LambdaCallbackOptions } from './callbacks/lambda-callback.js';
export { memoryLogger, type MemoryLogger, type MemoryLoggerOptions } from './callbacks/memory-logger.js';
export { progressBar, type ProgressBarOptions, type ProgressStream } from './callbacks/progress-bar.js';
export { telemetryLogger, type TelemetryLoggerOptions } from './callbacks/telemetry-logger.js';
export type { MemoryRecord, RecordingOptions, TelemetryRecord } from './recording.js';

/** Adds every callback of this package by the name of its factory: `earlyStopping`, `progressBar`, … */
export const callbacksPlugin: Plugin<'@gradus/callbacks'> = definePlugin({
  name: '@gradus/callbacks',
  core: '^0.1.0',
  setup(registry) {
    for (const [name, factory] of Object.entries(builtins)) registry.add('callback', name, factory);
  },
});
