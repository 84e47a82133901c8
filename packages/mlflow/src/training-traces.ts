/** The hooks of a training as spans. */
import type { BackgroundWork, Logs } from '@gradus/core';
import type { SpanGiven } from 'mlflow-js-client';
import { now, Trace } from './trace.js';

type Ended = ReturnType<Trace['end']>;

export class TrainingTraces {
  readonly #model: string;
  readonly #key: string;
  readonly #log: (trace: Ended) => void;
  readonly #fit: Trace;
  #epoch: Trace | null = null;
  #number = 0;
  #epochStart = 0;
  #trained: number | null = null;
  #logs: Logs | undefined;
  #ending: Pick<SpanGiven, 'status' | 'statusMessage'> = {};

  /**
   * @param key That of the run, by which an epoch that happens again is known again.
   * @param resumes A run that was cut off has a trace of the whole for each of its parts.
   */
  constructor(model: string, key: string, resumes: number, log: (trace: Ended) => void) {
    this.#model = model;
    this.#key = key;
    this.#log = log;
    this.#fit = new Trace(`fit ${model}`, `${key} fit ${resumes}`);
  }

  epochBegin(number: number): void {
    this.#number = number;
    this.#trained = null;
    this.#epoch = new Trace(`${this.#model} epoch ${number}`, `${this.#key} epoch ${number}`);
    this.#epochStart = now();
  }

  testBegin(): void {
    this.#trainedUntil(now());
  }

  testEnd(logs: Logs): void {
    if (this.#trained !== null)
      this.#epoch?.add({ name: 'evaluation', type: 'EVALUATOR', startTime: this.#trained, endTime: now(), outputs: logs });
  }

  epochEnd(logs: Logs, step: number): void {
    const { startTime, endTime } = { startTime: this.#epochStart, endTime: now() };
    this.#trainedUntil(endTime);
    this.#logs = logs;
    const facts = { inputs: { epoch: this.#number }, outputs: logs, attributes: { 'gradus.epoch': this.#number, 'gradus.step': step } };
    this.#fit.add({ name: `epoch ${this.#number}`, type: 'CHAIN', startTime, endTime, ...facts });
    if (this.#epoch !== null) this.#log(this.#epoch.end(facts));
    this.#epoch = null;
  }

  /** A piece of the epoch that somebody else measured. */
  add(span: SpanGiven): void {
    this.#epoch?.add(span);
  }

  /** Work beside training: it may begin in one epoch and end in another, so it is a part of the whole. */
  backgroundEnd({ name, startTime, endTime, error }: BackgroundWork): void {
    const failure = error === undefined ? {} : { status: 'ERROR' as const, statusMessage: messageOf(error) };
    this.#fit.add({ name, type: 'TASK', startTime, endTime, ...failure });
  }

  /** The training failed; an epoch that did not end is told of as far as it came. */
  fail(error: unknown): void {
    this.#ending = { status: 'ERROR', statusMessage: messageOf(error) };
    if (this.#epoch !== null) this.#log(this.#epoch.end({ inputs: { epoch: this.#number }, ...this.#ending }));
    this.#epoch = null;
  }

  /** The training ended, and all work beside it. */
  end(): void {
    this.#log(this.#fit.end({ inputs: { model: this.#model }, outputs: this.#logs, ...this.#ending }));
  }

  #trainedUntil(endTime: number): void {
    if (this.#trained !== null) return;
    this.#trained = endTime;
    this.#epoch?.add({ name: 'train', type: 'CHAIN', startTime: this.#epochStart, endTime });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
