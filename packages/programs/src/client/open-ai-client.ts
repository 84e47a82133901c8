/** Language models behind HTTP servers that speak the chat completions protocol, as most do. */
import { checkOptions, rules, type Json, type Rule } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import PQueue from 'p-queue';
import type { LanguageModel, LanguageModelRequest } from '../language-model.js';
import { readAnswer, type Validators } from './answer.js';
import { postJson, type HttpOptions } from './http.js';

export interface OpenAIClientOptions {
  /** Where the server is, up to and without `/chat/completions`: `https://api.example.com/v1`. */
  readonly baseUrl: string;
  /** The model's name on that server. */
  readonly model: string;
  /** Sent as `Authorization: Bearer …`; never part of an error. Default: none, for servers of one's own. */
  readonly apiKey?: string;
  /** Milliseconds for one try, until the whole answer is there. Default: 60,000. */
  readonly timeout?: number;
  /** Tries after the first, when the server is busy, fails or cannot be reached. Default: 3. */
  readonly retries?: number;
  /** Milliseconds before the second try where the server does not say; doubled with each that follows. Default: 300. */
  readonly backoff?: number;
  /** The most milliseconds that `Retry-After` can ask for. Default: 60,000. */
  readonly maxRetryAfter?: number;
  /** Requests under way at once; others wait. Default: 8. */
  readonly concurrency?: number;
  /** Sent with every request; their values are never part of an error either. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a client has used so far. */
export interface Usage {
  /** Requests made, each counted once however often it was tried. */
  readonly calls: number;
  /** Those that ended without an answer, aborted ones left out. */
  readonly failures: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

/** A language model that counts. */
export interface OpenAIClient extends LanguageModel {
  readonly usage: Usage;
}

const isTexts = (value: unknown): boolean => rules.object.accepts(value) && rules.texts.accepts(Object.values(value as object));

const RULES: Readonly<Record<string, Rule>> = {
  baseUrl: { expected: "an address such as 'https://api.example.com/v1', without a name and password", accepts: isAddress },
  model: rules.text,
  apiKey: rules.any,
  timeout: rules.positive,
  retries: rules.count,
  backoff: rules.notNegative,
  maxRetryAfter: rules.notNegative,
  concurrency: rules.positiveCount,
  headers: { expected: 'texts by name', accepts: isTexts },
};

/**
 * A language model on a server with the chat completions protocol. With a `schema` the answer is asked for as `json_schema` and checked
 * against it.
 *
 * Tried again: answers 408, 425, 429, 500, 502, 503, 504 and 529 (after `Retry-After`, where the server names it), connections that fail,
 * and answers that do not come in time. An answer in a wrong form is not: the server would be paid twice for it.
 *
 * @throws `INVALID_ARGUMENT`; when asked, `LANGUAGE_MODEL_FAILED` (`data.status` is the last one, or `null`), `INVALID_ANSWER`, and the
 * reason of an aborted signal.
 * @example
 * const model = openAIClient({ baseUrl: 'http://localhost:11434/v1', model: 'llama3.2' });
 * await model({ messages: [{ role: 'user', content: 'Name a prime.' }] }); // '7'
 */
export function openAIClient(options: OpenAIClientOptions): OpenAIClient {
  checkKey(options.apiKey);
  checkOptions('openAIClient', options, RULES, ['baseUrl', 'model']);
  const { baseUrl, model, apiKey, timeout = 60_000, retries = 3, backoff = 300, maxRetryAfter = 60_000, concurrency = 8 } = options;
  const url = `${baseUrl.replace(/\/+$/, '')}/chat/completions`;
  const headers = { ...options.headers, ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) };
  const http: HttpOptions = { timeout, retries, backoff, maxRetryAfter, headers };
  const hide = hider([...Object.values(options.headers ?? {}), ...(apiKey === undefined ? [] : [apiKey])]);
  const queue = new PQueue({ concurrency });
  const validators: Validators = new Map();
  const used = { calls: 0, failures: 0, promptTokens: 0, completionTokens: 0 };

  async function ask({ messages, schema, temperature, maxTokens, seed, signal }: LanguageModelRequest): Promise<Json> {
    signal?.throwIfAborted();
    used.calls++;
    const format = schema && { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } };
    const body = { model, messages, temperature, max_tokens: maxTokens, seed, response_format: format };
    const exchange = await postJson(url, body, signal, http);
    const where = `The language model '${model}' at ${hide(url)}`;
    if (!exchange.ok) {
      used.failures++;
      throw new GradusError('LANGUAGE_MODEL_FAILED', {
        what: `${where} did not answer`,
        received: hide(exchange.reason),
        fix: exchange.status === 401 || exchange.status === 403 ? 'Check the API key.' : undefined,
        data: { status: exchange.status },
      });
    }
    const { value, problem, promptTokens, completionTokens } = readAnswer(exchange.text, schema, validators);
    used.promptTokens += promptTokens;
    used.completionTokens += completionTokens;
    if (problem === null) return value;
    used.failures++;
    throw new GradusError('INVALID_ANSWER', {
      what: `${where} answered in a wrong form`,
      received: hide(problem),
      expected: schema === undefined ? 'a chat completion with text' : 'a chat completion with JSON that fits the schema',
    });
  }

  const client = (request: LanguageModelRequest): Promise<Json> =>
    untilAborted(queue.add(() => ask(request)) as Promise<Json>, request.signal);
  return Object.defineProperty(client, 'usage', {
    enumerable: true,
    get: (): Usage => ({ ...used, totalTokens: used.promptTokens + used.completionTokens }),
  }) as OpenAIClient;
}

/** Rejects with the signal's reason as soon as there is one, also while the request waits for its turn. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function isAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

/** `checkOptions` would repeat the key in its error. */
function checkKey(apiKey: unknown): void {
  if (apiKey === undefined || (typeof apiKey === 'string' && /^[\x21-\x7e]+$/.test(apiKey))) return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: "Option 'apiKey' of openAIClient is not usable",
    received: typeof apiKey === 'string' ? `${apiKey.length} characters that are not told here` : typeof apiKey,
    expected: 'a string that is not empty, without white space',
  });
}

/** Leaves secrets out of texts that may hold them: servers repeat what they were sent. */
const hider =
  (secrets: readonly string[]) =>
  (words: string): string =>
    secrets.filter((secret) => secret.length >= 6).reduce((rest, secret) => rest.replaceAll(secret, '(hidden)'), words);
