// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import { accumulationSchedule } from './accumulation-schedule.js';
import { backupAndRestore } from './backup-and-restore.js';
import { coverageStop } from './coverage-stop.js';
import { csvLogger } from './csv-logger.js';
import { depthScheduler } from './depth-scheduler.js';
import { earlyStopping } from './early-stopping.js';
import { emaWeights } from './ema-weights.js';
import { lambdaCallback } from './lambda-callback.js';
import { learningRateScheduler } from './learning-rate-scheduler.js';
import { lossSpikeDetector } from './loss-spike-detector.js';
import { memoryLogger } from './memory-logger.js';
import { modelCheckpoint } from './model-checkpoint.js';
import { progressBar } from './progress-bar.js';
import { reduceLROnPlateau } from './reduce-l-r-on-plateau.js';
import { systemMetrics } from './system-metrics.js';
import { telemetryLogger } from './telemetry-logger.js';
import { terminateOnNaN } from './terminate-on-na-n.js';
import { throughput } from './throughput.js';
import { timeLimit } from './time-limit.js';
export * from './accumulation-schedule.js';
export * from './backup-and-restore.js';
export * from './coverage-stop.js';
export * from './csv-logger.js';
export * from './depth-scheduler.js';
export * from './early-stopping.js';
export * from './ema-weights.js';
export * from './lambda-callback.js';
export * from './learning-rate-scheduler.js';
export * from './loss-spike-detector.js';
export * from './memory-logger.js';
export * from './model-checkpoint.js';
export * from './progress-bar.js';
export * from './reduce-l-r-on-plateau.js';
export * from './system-metrics.js';
export * from './telemetry-logger.js';
export * from './terminate-on-na-n.js';
export * from './throughput.js';
export * from './time-limit.js';

/** Every factory of this folder, by its name. */
export const builtins = {
  accumulationSchedule,
  backupAndRestore,
  coverageStop,
  csvLogger,
  depthScheduler,
  earlyStopping,
  emaWeights,
  lambdaCallback,
  learningRateScheduler,
  lossSpikeDetector,
  memoryLogger,
  modelCheckpoint,
  progressBar,
  reduceLROnPlateau,
  systemMetrics,
  telemetryLogger,
  terminateOnNaN,
  throughput,
  timeLimit,
};
