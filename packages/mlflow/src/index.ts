/** Tracks trainings in MLflow: a callback, and the plugin that makes it known by name. */
export { monitor } from './monitor.js';
export type { MonitoredModel, MonitorOptions } from './monitor-options.js';
export { enableObservability, type NestedRuns, type Observability } from './observability.js';
export type { ParentRun } from './parent-run.js';
export { mlflowPlugin } from './plugin.js';
export { traced } from './traced.js';
