/** What every suite returns: named checks that any test runner can run. */
import assert from 'node:assert/strict';

/** One check. It fails by throwing. */
export interface Check {
  readonly name: string;
  run(): Promise<void> | void;
}

/** Checks that are known to fail, by name, each with the reason. */
export type Exceptions = Readonly<Record<string, string>>;

/**
 * Turns checks that are declared to fail into checks that they still do, so that no exception outlives its reason.
 * An exception for a check that does not exist fails too.
 */
export function withExceptions(checks: readonly Check[], exceptions: Exceptions = {}): Check[] {
  const unknown = Object.keys(exceptions).filter((name) => !checks.some((check) => check.name === name));
  return [
    ...checks.map((check) => (check.name in exceptions ? mustFail(check, exceptions[check.name]) : check)),
    ...unknown.map((name) => ({
      name: `exception for '${name}'`,
      run: () => assert.fail(`There is no check named '${name}'. Remove the exception, or correct its name.`),
    })),
  ];
}

const mustFail = ({ name, run }: Check, reason: string): Check => ({
  name: `${name} (declared exception: ${reason})`,
  run: async () => {
    let failed = false;
    try {
      await run();
    } catch {
      failed = true;
    }
    assert.ok(failed, `'${name}' is declared as an exception (${reason}) but passes. Remove the exception.`);
  },
});

/** The error that `fn` ends with; fails with `message` when it ends well. */
export async function failureOf(fn: () => unknown, message: string): Promise<Error> {
  try {
    await fn();
  } catch (error) {
    assert.ok(error instanceof Error, `${message}: it threw ${String(error)}, which is no Error.`);
    return error;
  }
  return assert.fail(message);
}
