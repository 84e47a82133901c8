/** What a language model is here: an async function. Whoever makes one decides where it runs. */
import type { Json } from '@gradus/core';
import type { JsonSchema } from './variables.js';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface LanguageModelRequest {
  readonly messages: readonly Message[];
  /** The form of the answer, a JSON Schema of an object. Default: the answer is text. */
  readonly schema?: JsonSchema;
  /** How far from the likeliest words the answer may go, from 0. Default: the model's own. */
  readonly temperature?: number;
  /** The longest answer, in tokens. Default: the model's own. */
  readonly maxTokens?: number;
  /** For models that can repeat themselves. */
  readonly seed?: number;
  /** Ends the request: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Answers with text, or with JSON of `schema`; `null` where there is no answer. */
export type LanguageModel = (request: LanguageModelRequest) => Promise<Json>;
