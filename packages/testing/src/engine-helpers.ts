/** What the checks of engines share: disposing what was compiled, and asserting that something was refused. */
import assert from 'node:assert/strict';
import type { Executable } from '@gradus/graph';
import { failureOf } from './check.js';

export async function using<T>(executable: Promise<Executable>, use: (executable: Executable) => Promise<T>): Promise<T> {
  const made = await executable;
  try {
    return await use(made);
  } finally {
    await made.dispose();
  }
}

/** Fails unless `act` is refused with a message that holds each of `mentions`. */
export async function assertRefused(act: () => unknown, code: string, mentions: readonly string[], what: string): Promise<void> {
  const error = await failureOf(act, `${what} was accepted.`);
  assert.equal((error as { code?: unknown }).code, code, `${what} must be refused with the code ${code}. Received: ${error.message}`);
  for (const mention of mentions)
    assert.ok(error.message.includes(mention), `${what}: the message must say '${mention}'. Received: ${error.message}`);
}
