// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import { constantSchedule } from './constant-schedule.js';
import { constant } from './constant.js';
import { cosineDecaySchedule } from './cosine-decay-schedule.js';
import { cosineDecay } from './cosine-decay.js';
import { cosineOnecycleSchedule } from './cosine-onecycle-schedule.js';
import { exponentialDecay } from './exponential-decay.js';
import { inverseSquareRootSchedule } from './inverse-square-root-schedule.js';
import { joinSchedules } from './join-schedules.js';
import { linearOnecycleSchedule } from './linear-onecycle-schedule.js';
import { linearSchedule } from './linear-schedule.js';
import { linearWarmup } from './linear-warmup.js';
import { piecewiseConstantSchedule } from './piecewise-constant-schedule.js';
import { piecewiseInterpolateSchedule } from './piecewise-interpolate-schedule.js';
import { polynomialSchedule } from './polynomial-schedule.js';
import { sgdrSchedule } from './sgdr-schedule.js';
import { stepDecay } from './step-decay.js';
import { warmupConstantSchedule } from './warmup-constant-schedule.js';
import { warmupCosineDecaySchedule } from './warmup-cosine-decay-schedule.js';
import { warmupCosine } from './warmup-cosine.js';
import { warmupExponentialDecaySchedule } from './warmup-exponential-decay-schedule.js';
import { warmupPolynomialDecaySchedule } from './warmup-polynomial-decay-schedule.js';
export * from './constant-schedule.js';
export * from './constant.js';
export * from './cosine-decay-schedule.js';
export * from './cosine-decay.js';
export * from './cosine-onecycle-schedule.js';
export * from './exponential-decay.js';
export * from './inverse-square-root-schedule.js';
export * from './join-schedules.js';
export * from './linear-onecycle-schedule.js';
export * from './linear-schedule.js';
export * from './linear-warmup.js';
export * from './piecewise-constant-schedule.js';
export * from './piecewise-interpolate-schedule.js';
export * from './polynomial-schedule.js';
export * from './sgdr-schedule.js';
export * from './step-decay.js';
export * from './warmup-constant-schedule.js';
export * from './warmup-cosine-decay-schedule.js';
export * from './warmup-cosine.js';
export * from './warmup-exponential-decay-schedule.js';
export * from './warmup-polynomial-decay-schedule.js';

/** Every factory of this folder, by its name. */
export const builtins = {
  constantSchedule,
  constant,
  cosineDecaySchedule,
  cosineDecay,
  cosineOnecycleSchedule,
  exponentialDecay,
  inverseSquareRootSchedule,
  joinSchedules,
  linearOnecycleSchedule,
  linearSchedule,
  linearWarmup,
  piecewiseConstantSchedule,
  piecewiseInterpolateSchedule,
  polynomialSchedule,
  sgdrSchedule,
  stepDecay,
  warmupConstantSchedule,
  warmupCosineDecaySchedule,
  warmupCosine,
  warmupExponentialDecaySchedule,
  warmupPolynomialDecaySchedule,
};
