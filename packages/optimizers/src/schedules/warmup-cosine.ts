/** The short name of `warmupCosineDecaySchedule`. */
export { warmupCosineDecaySchedule as warmupCosine } from './warmup-cosine-decay-schedule.js';
