/** Spans of a training, put together into traces: one of each epoch, and one of the whole training. */
import { createHash } from 'node:crypto';
import type { SpanGiven } from 'mlflow-js-client';

/** Spans of one trace; what is more is counted. */
const MOST = 1000;

/** The time of day in milliseconds, with parts of them. */
export const now = (): number => performance.timeOrigin + performance.now();

/** A trace that grows until it ends. */
export class Trace {
  readonly id: string;
  readonly name: string;
  readonly #start = now();
  readonly #spans: SpanGiven[] = [];
  #left = 0;

  /** @param key What the trace is of: the same key is the same trace, so that none is stored twice. */
  constructor(name: string, key: string) {
    this.name = name;
    this.id = `tr-${hex(key, 32)}`;
  }

  /** A part of it that has ended. @returns its id. */
  add(span: SpanGiven): string {
    const spanId = span.spanId ?? hex(`${this.id} ${this.#spans.length}`, 16);
    if (this.#spans.length < MOST) this.#spans.push({ parentSpanId: this.#root, ...span, spanId });
    else this.#left++;
    return spanId;
  }

  /** The whole: the root, which ends now, and its parts. */
  end(root: Partial<SpanGiven>): { readonly traceId: string; readonly name: string; readonly spans: readonly SpanGiven[] } {
    const attributes = { ...root.attributes, ...(this.#left > 0 && { 'gradus.spans_left_out': this.#left }) };
    const whole = { name: this.name, type: 'CHAIN', ...root, attributes, spanId: this.#root, startTime: this.#start, endTime: now() };
    return { traceId: this.id, name: this.name, spans: [whole, ...this.#spans] };
  }

  get #root(): string {
    return hex(this.id, 16);
  }
}

const hex = (text: string, digits: number): string => createHash('sha256').update(text).digest('hex').slice(0, digits);
