import { inspect } from 'node:util';
import { isGradusError, type GradusError } from '@gradus/graph';
import { afterEach, describe, expect, it } from 'vitest';
import { completion, send, startChatServer, type Behaviour, type ChatServer } from '../../test/chat-server.js';
import { openAIClient, type LanguageModelRequest, type OpenAIClientOptions } from '../index.js';

const KEY = 'sk-very-secret-0123456789';
const messages = [{ role: 'user', content: 'Name a prime.' }] as const;
const schema = { type: 'object', properties: { prime: { type: 'integer' } }, required: ['prime'], additionalProperties: false };

let server: ChatServer;
afterEach(() => server?.close());

/** A client of a server that behaves so, impatient as tests are. */
async function clientOf(behaviours: readonly Behaviour[], options: Partial<OpenAIClientOptions> = {}) {
  server = await startChatServer(...behaviours);
  return openAIClient({ baseUrl: server.baseUrl, model: 'small', apiKey: KEY, backoff: 5, timeout: 2_000, ...options });
}
const ask = async (behaviours: readonly Behaviour[], options: Partial<OpenAIClientOptions> = {}, request: Partial<LanguageModelRequest> = {}) =>
  (await clientOf(behaviours, options))({ messages, ...request });
const failure = async (work: Promise<unknown>): Promise<GradusError> => {
  const error: unknown = await work.then(() => new Error('It did not fail.'), (thrown: unknown) => thrown);
  // Nothing of the error shows the key, however deep one looks.
  expect(inspect(error, { depth: 20, showHidden: true, getters: true })).not.toContain(KEY);
  return error as GradusError;
};
const ok: Behaviour = (response) => send(response, 200, completion('7'));
const never: Behaviour = () => {};

describe('a request', () => {
  it('is a chat completion with the key, and the answer is its text', async () => {
    expect(await ask([ok], { headers: { 'x-team': 'blue-team' } }, { temperature: 0, maxTokens: 5, seed: 3 })).toBe('7');
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]).toMatchObject({
      path: 'POST /v1/chat/completions',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'x-team': 'blue-team' },
    });
    expect(server.asked[0].body).toEqual({ model: 'small', messages, temperature: 0, max_tokens: 5, seed: 3 });
  });

  it('with a schema asks for JSON of it and gives JSON', async () => {
    expect(await ask([(response) => send(response, 200, completion('{"prime": 7}'))], {}, { schema })).toEqual({ prime: 7 });
    expect(server.asked[0].body.response_format).toEqual({ type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } });
  });

  it('needs no key, and an address may end with a slash', async () => {
    server = await startChatServer(ok);
    expect(await openAIClient({ baseUrl: `${server.baseUrl}//`, model: 'small' })({ messages })).toBe('7');
    expect(server.asked[0].path).toBe('POST /v1/chat/completions');
    expect(server.asked[0].headers.authorization).toBeUndefined();
  });

  it('that the model declines gives null', async () => {
    const declines: Behaviour = (response) => send(response, 200, JSON.stringify({ choices: [{ message: { content: null, refusal: 'No.' } }] }));
    expect(await ask([declines], {}, { schema })).toBe(null);
  });

  it('waits for a slow server', async () => {
    const slow: Behaviour = async (response) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(completion('7').slice(0, 20));
      await new Promise((resolve) => setTimeout(resolve, 60));
      response.end(completion('7').slice(20));
    };
    expect(await ask([slow], { timeout: 2_000 })).toBe('7');
    expect(server.asked).toHaveLength(1);
  });
});

describe('a busy or failing server', () => {
  it('is asked again after the time that it names', async () => {
    const busy: Behaviour = (response) => send(response, 429, '{"error":{"message":"Too many."}}', { 'retry-after': '1' });
    const client = await clientOf([busy, ok]);
    expect(await client({ messages })).toBe('7');
    const [first, second] = server.asked.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(990);
    expect(client.usage).toEqual({ calls: 1, failures: 0, promptTokens: 7, completionTokens: 3, totalTokens: 10 });
  });

  it('cannot make us wait longer than we will', async () => {
    const busy: Behaviour = (response) => send(response, 503, 'later', { 'retry-after': '3600' });
    expect(await ask([busy, ok], { maxRetryAfter: 20 })).toBe('7');
  });

  it('is asked again with growing pauses', async () => {
    const fails: Behaviour = (response) => send(response, 500, 'oops');
    expect(await ask([fails, fails, fails, ok], { backoff: 40 })).toBe('7');
    const pauses = server.asked.slice(1).map(({ at }, i) => at - server.asked[i].at);
    // 40, 80 and 160 ms, less what timers round.
    pauses.forEach((pause, i) => expect(pause).toBeGreaterThanOrEqual(40 * 2 ** i - 2));
  });

  it('is given up after so many tries', async () => {
    const client = await clientOf([(response) => send(response, 500, `{"error":{"message":"Broken, ${KEY} was yours."}}`)], { retries: 2 });
    const error = await failure(client({ messages }));
    expect(error).toMatchObject({ code: 'LANGUAGE_MODEL_FAILED', data: { status: 500 } });
    expect(error.message).toMatch(/^The language model 'small' at http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions did not answer\. Received: status 500: Broken, \(hidden\) was yours\./);
    expect(server.asked).toHaveLength(3);
    expect(client.usage).toMatchObject({ calls: 1, failures: 1 });
  });

  it.each([400, 401, 403, 404, 422])('is not asked again after %i', async (status) => {
    const error = await failure(ask([(response) => send(response, status, JSON.stringify({ error: { message: 'No such model.' } }))]));
    expect(error).toMatchObject({ code: 'LANGUAGE_MODEL_FAILED', data: { status } });
    expect(error.message).toContain(`status ${status}: No such model.`);
    expect(error.message.includes('Check the API key.')).toBe(status === 401 || status === 403);
    expect(server.asked).toHaveLength(1);
  });

  it('is asked again when it breaks the connection', async () => {
    const breaks: Behaviour = (response) => void response.destroy();
    expect(await ask([breaks, breaks, ok])).toBe('7');
    const error = await failure(ask([breaks], { retries: 1 }));
    expect(error).toMatchObject({ code: 'LANGUAGE_MODEL_FAILED', data: { status: null } });
    expect(error.message).toMatch(/Received: (UND_ERR_SOCKET|ECONNRESET|other side closed)/);
  });

  it('that is not there is told of', async () => {
    const gone = await startChatServer(ok);
    await gone.close();
    const error = await failure(openAIClient({ baseUrl: gone.baseUrl, model: 'small', apiKey: KEY, retries: 1, backoff: 1 })({ messages }));
    expect(error.message).toMatch(/Received: ECONNREFUSED/);
  });
});

describe('a server that hangs', () => {
  it.each<[string, Behaviour]>([
    ['before its answer', never],
    ['after the headers', (response) => void response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()],
    ['within its answer', (response) => void response.writeHead(200).write('{"choices": [')],
  ])('%s is left after the timeout and asked again', async (_, hangs) => {
    expect(await ask([hangs, ok], { timeout: 250 })).toBe('7');
    const error = await failure(ask([hangs], { timeout: 40, retries: 1 }));
    expect(error).toMatchObject({ code: 'LANGUAGE_MODEL_FAILED', data: { status: null } });
    expect(error.message).toContain('no whole answer within 40 ms');
    expect(server.asked).toHaveLength(2);
  });
});

describe('an answer in a wrong form', () => {
  const cases: [string, string, Partial<LanguageModelRequest>, RegExp][] = [
    ['malformed JSON', '{"choices": [', {}, /no chat completion but \{"choices": \[/],
    ['an HTML page', '<!doctype html>\n<title>Gateway</title>', {}, /no chat completion but <!doctype html> <title>Gateway<\/title>/],
    ['nothing', '', {}, /no chat completion but an empty text/],
    ['other JSON', '{"object": "list", "data": []}', {}, /no chat completion but \{"object"/],
    ['no choices', '{"choices": []}', {}, /no chat completion/],
    ['null', 'null', {}, /no chat completion but null/],
    ['content that is no text', completion([{ type: 'text' }]), {}, /content that is no text but \[\{"type":"text"\}\]/],
    ['text in place of JSON', completion('Seven.'), { schema }, /text that is no JSON: Seven\./],
    ['JSON that is cut off', JSON.stringify({ choices: [{ message: { content: '{"pri' }, finish_reason: 'length' }] }), { schema }, /no JSON, cut off at the longest answer: \{"pri/],
    ['JSON of another form', completion('{"prime": "7"}'), { schema }, /does not fit the schema \(\/prime must be integer\): \{"prime": "7"\}/],
    ['a secret', completion(`{"prime": "${KEY}"}`), { schema }, /\{"prime": "\(hidden\)"\}/],
  ];
  it.each(cases)('is told of and not asked for again: %s', async (_, body, request, message) => {
    const client = await clientOf([(response) => send(response, 200, body)]);
    const error = await failure(client({ messages, ...request }));
    expect(error).toMatchObject({ code: 'INVALID_ANSWER', message: expect.stringMatching(message) });
    expect(server.asked).toHaveLength(1);
    expect(client.usage).toMatchObject({ calls: 1, failures: 1, totalTokens: body.includes('usage') ? 10 : 0 });
  });

  it('in HTML with a failing status shows its beginning', async () => {
    const page = `<html>${'x'.repeat(500)}</html>`;
    const error = await failure(ask([(response) => send(response, 404, page, { 'content-type': 'text/html' })]));
    expect(error.message).toContain(`status 404: <html>${'x'.repeat(194)}….`);
  });
});

describe('many requests', () => {
  it.each([1, 3])('are %i under way at once, as the server sees it', async (concurrency) => {
    const slow: Behaviour = async (response, { body }) => {
      await new Promise((resolve) => setTimeout(resolve, 15));
      send(response, 200, completion((body.messages as { content: string }[])[0].content));
    };
    const client = await clientOf([slow], { concurrency });
    const words = Array.from({ length: 9 }, (_, i) => `word ${i}`);
    const answers = await Promise.all(words.map((content) => client({ messages: [{ role: 'user', content }] })));
    expect(answers).toEqual(words);
    expect(server.mostAtOnce).toBe(concurrency);
    expect(client.usage).toEqual({ calls: 9, failures: 0, promptTokens: 63, completionTokens: 27, totalTokens: 90 });
  });

  it('do not wait for one that failed', async () => {
    const client = await clientOf([(response) => send(response, 400, 'no'), ok], { concurrency: 1 });
    const results = await Promise.allSettled([client({ messages }), client({ messages })]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

describe('an aborted request', () => {
  const reason = new Error('enough');

  it('ends at once, while it is under way, and is no failure', async () => {
    const control = new AbortController();
    const client = await clientOf([never]);
    const work = client({ messages, signal: control.signal });
    while (server.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    control.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(client.usage).toMatchObject({ calls: 1, failures: 0 });
  });

  it('ends at once while it waits for its turn, and is never sent', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const client = await clientOf([never], { concurrency: 1 });
    const running = client({ messages, signal: first.signal });
    const waiting = client({ messages, signal: second.signal });
    second.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    first.abort(reason);
    await expect(running).rejects.toBe(reason);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.asked.length).toBeLessThanOrEqual(1);
    expect(client.usage.calls).toBe(1);
  });

  it('ends at once while it waits to try again', async () => {
    const control = new AbortController();
    const client = await clientOf([(response) => send(response, 503, 'later', { 'retry-after': '30' })]);
    const work = client({ messages, signal: control.signal });
    while (server.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    setTimeout(() => control.abort(reason), 20);
    await expect(work).rejects.toBe(reason);
    expect(server.asked).toHaveLength(1);
  });

  it('is not sent when it was aborted before', async () => {
    const client = await clientOf([ok]);
    await expect(client({ messages, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.asked).toHaveLength(0);
  });
});

describe('openAIClient', () => {
  const baseUrl = 'http://localhost:1/v1';
  it.each([
    [{ model: 'm' }, /needs the option 'baseUrl'/],
    [{ baseUrl }, /needs the option 'model'/],
    [{ baseUrl: 'localhost:1', model: 'm' }, /'baseUrl'.*an address such as/],
    [{ baseUrl: 'ftp://x', model: 'm' }, /'baseUrl'/],
    [{ baseUrl: 'http://user:pass@x/v1', model: 'm' }, /without a name and password/],
    [{ baseUrl, model: 'm', apiKey: `${KEY}\n` }, /'apiKey' of openAIClient.*26 characters that are not told here.*without white space/],
    [{ baseUrl, model: 'm', apiKey: '' }, /'apiKey'.*0 characters/],
    [{ baseUrl, model: 'm', timeout: 0 }, /'timeout'/],
    [{ baseUrl, model: 'm', retries: 1.5 }, /'retries'/],
    [{ baseUrl, model: 'm', concurrency: 0 }, /'concurrency'/],
    [{ baseUrl, model: 'm', headers: { a: 1 } }, /'headers'.*texts by name/],
    [{ baseUrl, model: 'm', key: KEY }, /no option 'key'/],
  ])('refuses %j', async (options, message) => {
    const error = await failure((async () => openAIClient(options as never))());
    expect(isGradusError(error, 'INVALID_ARGUMENT')).toBe(true);
    expect(error.message).toMatch(message);
  });

  it('shows no key, and cannot be made to count otherwise', async () => {
    const client = openAIClient({ baseUrl, model: 'm', apiKey: KEY });
    expect(inspect(client, { depth: 20, showHidden: true })).not.toContain(KEY);
    expect(() => ((client as { usage: unknown }).usage = {})).toThrow(TypeError);
  });
});
