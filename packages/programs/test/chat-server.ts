/** A server that speaks the chat completions protocol as it is told to: the other side of a language model's client. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a client sent. */
interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  /** Milliseconds since the server began. */
  readonly at: number;
}

/** Answers one request. */
export type Behaviour = (response: ServerResponse, asked: Asked, number: number) => void | Promise<void>;

export interface ChatServer {
  readonly baseUrl: string;
  readonly asked: readonly Asked[];
  /** The most requests that were open at once. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

export const send = (response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);

/** A chat completion with `content`. */
export const completion = (content: unknown, more: object = {}): string =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    ...more,
  });

/** Starts on a free port. `behaviours` answer one request each, the last one all that follow. */
export async function startChatServer(...behaviours: readonly Behaviour[]): Promise<ChatServer> {
  const asked: Asked[] = [];
  let [open, mostAtOnce] = [0, 0];
  const started = performance.now();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    mostAtOnce = Math.max(mostAtOnce, ++open);
    response.on('close', () => open--);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const number = asked.length;
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    asked.push({ path: `${request.method} ${request.url}`, headers: request.headers, body, at: performance.now() - started });
    await behaviours[Math.min(number, behaviours.length - 1)](response, asked[number], number);
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    get mostAtOnce() {
      return mostAtOnce;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
