/** The messages of failing checks: for testing the suites themselves. */
import type { Check } from '../src/index.js';

async function failure({ name, run }: Check): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** `<check>: <message>` of every check that fails. */
export async function failures(checks: readonly Check[]): Promise<string[]> {
  const found: string[] = [];
  for (const check of checks) {
    const text = await failure(check);
    if (text !== null) found.push(text);
  }
  return found;
}

/** Whether some check fails with `<check>: <message>` matching `pattern`; stops at the first. */
export async function findsFailure(checks: readonly Check[], pattern: RegExp): Promise<boolean> {
  for (const check of checks) if (pattern.test((await failure(check)) ?? '')) return true;
  return false;
}
