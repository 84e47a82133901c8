/** Conformance suites for every kind of plugin, and what it takes to drive a callback by hand. */
export type { Check, Exceptions } from './check.js';
export { fakeTrainContext, type FakeTrainContext } from './fake-train-context.js';
export { playRun, type Ending, type RunScript } from './play-run.js';
export { engineChecks, type EngineCheckOptions } from './engine-checks.js';
export { optimizerChecks, type OptimizerCheckOptions } from './optimizer-checks.js';
export { estimatorChecks, type EstimatorCheckOptions } from './estimator-checks.js';
export { callbackChecks, type CallbackCheckOptions } from './callback-checks.js';
export { pluginChecks, type PluginCheckOptions } from './plugin-checks.js';
