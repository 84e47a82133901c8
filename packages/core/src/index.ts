/** Contracts, plugins and the trainer. */
export type * from './contracts/callback.js';
export type * from './contracts/data-source.js';
export type * from './contracts/gradient-estimator.js';
export type * from './contracts/gradient-transform.js';
export type * from './contracts/model.js';
export type * from './contracts/plugin.js';
export { History, type HistoryRow } from './history.js';
export { definePlugin } from './plugin.js';
export { Registry } from './registry.js';
export { didYouMean, listNames, nearest } from './suggest.js';
export { satisfies } from './version-range.js';
export { VERSION } from './version.js';
export { RunFolder, type RunFolderOptions } from './run-folder.js';
export type { HookName } from './trainer/hooks.js';
export type { TrainState } from './trainer/state.js';
export type { FitOptions, FitResult, TrainerOptions } from './trainer/options.js';
export { Trainer } from './trainer/trainer.js';
export { normalizeLoss } from './trainer/traced.js';
