/** Callbacks for the trainer, one file each, and the plugin that makes them known by name. */
import { definePlugin, type Plugin } from '@gradus/core';
import { builtins } from './callbacks/index.js';

export { accumulationSchedule, type AccumulationScheduleOptions } from './callbacks/accumulation-schedule.js';
export { backupAndRestore, type BackupAndRestoreOptions } from './callbacks/backup-and-restore.js';
export { coverageStop, type CoverageStopOptions } from './callbacks/coverage-stop.js';
export { csvLogger, type CsvLoggerOptions } from './callbacks/csv-logger.js';
export { depthAt, depthScheduler, type DepthLaw, type DepthSchedulerOptions } from './callbacks/depth-scheduler.js';
export { earlyStopping, type EarlyStopping, type EarlyStoppingOptions } from './callbacks/early-stopping.js';
export { emaWeights, type EmaWeights, type EmaWeightsOptions } from './callbacks/ema-weights.js';
export { lambdaCallback, type LambdaCallbackOptions } from './callbacks/lambda-callback.js';
export { learningRateScheduler, type LearningRateSchedulerOptions } from './callbacks/learning-rate-scheduler.js';
export { lossSpikeDetector, type LossSpike, type LossSpikeDetectorOptions } from './callbacks/loss-spike-detector.js';
export { memoryLogger, type MemoryLogger, type MemoryLoggerOptions } from './callbacks/memory-logger.js';
export { modelCheckpoint, type KeptCheckpoint, type ModelCheckpoint, type ModelCheckpointOptions } from './callbacks/model-checkpoint.js';
export { progressBar, type ProgressBarOptions, type ProgressStream } from './callbacks/progress-bar.js';
export { reduceLROnPlateau, type ReduceLROnPlateauOptions } from './callbacks/reduce-l-r-on-plateau.js';
export { systemMetrics, type SystemMetrics, type SystemMetricsOptions, type SystemMetricsRow } from './callbacks/system-metrics.js';
export { telemetryLogger, type TelemetryLoggerOptions } from './callbacks/telemetry-logger.js';
export { terminateOnNaN, type TerminateOnNaNOptions } from './callbacks/terminate-on-na-n.js';
export { throughput, type Throughput, type ThroughputOptions, type ThroughputRow } from './callbacks/throughput.js';
export { timeLimit, type TimeLimitOptions } from './callbacks/time-limit.js';
export type { Cadence } from './cadence.js';
export { after, every, once } from './event-filters.js';
export type { ValuesByEpoch } from './hyperparameter.js';
export type { MonitorOptions } from './monitor.js';
export type { MemoryRecord, RecordingOptions, TelemetryRecord } from './recording.js';
export { tracker, type TrackerOptions } from './tracker.js';

/** Adds every callback of this package by the name of its factory: `earlyStopping`, `progressBar`, … */
export const callbacksPlugin: Plugin<'@gradus/callbacks'> = definePlugin({
  name: '@gradus/callbacks',
  core: '^0.1.0',
  setup(registry) {
    for (const [name, factory] of Object.entries(builtins)) registry.add('callback', name, factory);
  },
});
