/** The short name of `constantSchedule`. */
export { constantSchedule as constant } from './constant-schedule.js';
