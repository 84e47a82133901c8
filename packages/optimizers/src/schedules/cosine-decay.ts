/** The short name of `cosineDecaySchedule`. */
export { cosineDecaySchedule as cosineDecay } from './cosine-decay-schedule.js';
