/** An older name of `warmupConstantSchedule`. */
export { warmupConstantSchedule as linearWarmup } from './warmup-constant-schedule.js';
