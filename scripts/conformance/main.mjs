// The run itself: every test on every engine, a table, and the comparison with docs/conformance.md. It sets nothing up; that is
// for conformance.mjs, which users start.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { register } from 'tsx/esm/api';
import { root, say } from '../setup.mjs';
import { findCases } from './cases.mjs';
import { acceptedIn, documentOf, tableOf } from './report.mjs';

const DOCUMENT = join(root, 'docs/conformance.md');

/** Runs the tests below `folder` and gives the exit code. */
export async function runConformance(folder, engines, options) {
  register();
  const { runCase } = await import('./run-case.mjs');
  const cases = findCases(folder).filter(({ name }) => name.includes(options.filter));
  say(`${cases.length} tests on ${engines.join(' and ')}`);
  const results = [];
  for (const one of cases) {
    const result = { ...one, ...(await runCase(one, engines)) };
    results.push(result);
    if (options.verbose || result.status === 'failed') console.log(`${result.status.padEnd(13)} ${result.name}  ${result.reason ?? ''}`);
  }
  console.log(tableOf(results));
  return conclude(results, options);
}

/** Prints the end and gives the exit code. Only a whole run tells what is not supported any more. */
function conclude(results, { whole, write }) {
  const count = (status) => results.filter((result) => result.status === status).length;
  let code = count('failed') > 0 ? 1 : 0;
  if (whole && write) {
    writeFileSync(DOCUMENT, documentOf(results));
    say('Wrote docs/conformance.md');
  } else if (whole) {
    const accepted = acceptedIn(existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '');
    const lost = results.filter(({ status, name }) => status === 'not supported' && !accepted.has(name));
    const gained = results.filter(({ status, name }) => status === 'passed' && accepted.has(name));
    for (const { name, reason } of lost) console.log(`Not supported, and not listed in docs/conformance.md: ${name} (${reason})`);
    if (gained.length > 0) say(`${gained.length} tests listed in docs/conformance.md pass now: run it with --write`);
    if (lost.length > 0) code = 1;
  }
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('not supported')} skipped`);
  return code;
}
