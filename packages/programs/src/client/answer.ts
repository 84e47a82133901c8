/** Reading the answer of a chat completion. */
import type { Json } from '@gradus/core';
import { Ajv, type ValidateFunction } from 'ajv';
import { canonicalJson } from '../json.js';
import type { JsonSchema } from '../variables.js';
import { beginningOf, problemsOf } from '../words.js';

/** The part of the protocol that is read. */
interface Completion {
  readonly choices?: readonly { readonly message?: { readonly content?: unknown }; readonly finish_reason?: unknown }[];
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown };
}

export interface Answer {
  /** Text, or JSON of the schema; `null` where the model declined. */
  readonly value: Json;
  /** What is wrong with the answer, if anything. */
  readonly problem: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Compiled schemas by their text: users may make a schema anew for every request. */
export type Validators = Map<string, ValidateFunction>;

export function readAnswer(text: string, schema: JsonSchema | undefined, validators: Validators): Answer {
  const completion = parse(text) as Completion | undefined;
  const [promptTokens, completionTokens] = [count(completion?.usage?.prompt_tokens), count(completion?.usage?.completion_tokens)];
  const answer = (value: Json, problem: string | null = null): Answer => ({ value, problem, promptTokens, completionTokens });
  const choice = completion?.choices?.[0];
  const content = choice?.message?.content;
  if (content === undefined) return answer(null, `no chat completion but ${beginningOf(text)}`);
  if (content === null) return answer(null);
  if (typeof content !== 'string') return answer(null, `content that is no text but ${beginningOf(JSON.stringify(content))}`);
  if (schema === undefined) return answer(content);
  const value = parse(content) as Json | undefined;
  const cut = choice?.finish_reason === 'length' ? ', cut off at the longest answer' : '';
  if (value === undefined) return answer(null, `text that is no JSON${cut}: ${beginningOf(content)}`);
  const validate = validatorOf(schema, validators);
  if (validate(value)) return answer(value);
  return answer(null, `JSON that does not fit the schema (${problemsOf(validate)}): ${beginningOf(content)}`);
}

/** `undefined` for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

function validatorOf(schema: JsonSchema, validators: Validators): ValidateFunction {
  const text = canonicalJson(schema as Json);
  const known = validators.get(text);
  if (known !== undefined) return known;
  const validate = new Ajv({ strict: false }).compile(schema);
  validators.set(text, validate);
  return validate;
}
