// `npm run conformance`: runs the tests that come with ONNX on the interpreter and on ONNX Runtime. Each test is a model with
// inputs and the outputs it must give: Gradus reads the model, makes it a graph, runs that graph, and compares. The last line
// counts tests: `N passed, N failed, N skipped`; one that passes passes on every engine.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findCases } from './conformance/cases.mjs';
import { acceptedIn, documentOf, tableOf } from './conformance/report.mjs';
import { root, say, setUp } from './setup.mjs';

const DEFAULT_FOLDER = '/usr/share/libonnx-testdata/data';
const DOCUMENT = join(root, 'docs/conformance.md');
const ENGINES = ['js', 'ort'];

const HELP = `npm run conformance [-- options]

  --filter TEXT   only tests whose folder/name contains TEXT (node/test_softmax)
  --engine NAME   only this engine: ${ENGINES.join(' or ')}
  --verbose       a line for every test, with the reason when it did not pass
  --write         writes docs/conformance.md anew from what was found
  --help          this text

The tests are those of the Debian package libonnx-testdata (${DEFAULT_FOLDER}); GRADUS_ONNX_TESTDATA names another folder.`;

const { values: options } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    engine: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
process.exitCode = await main();

async function main() {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (options.engine !== undefined && !ENGINES.includes(options.engine)) {
    console.error(`No engine '${options.engine}': ${ENGINES.join(' or ')}.`);
    return 2;
  }
  const folder = process.env.GRADUS_ONNX_TESTDATA ?? DEFAULT_FOLDER;
  if (!existsSync(join(folder, 'node'))) {
    console.error(
      `The tests of ONNX are not at ${folder}. Install them with 'apt-get install libonnx-testdata' (Debian, Ubuntu), or give the ` +
        'folder that holds `node/` in GRADUS_ONNX_TESTDATA: onnx/backend/test/data of the ONNX sources.',
    );
    return 2;
  }
  await setUp();
  const { register } = await import('tsx/esm/api');
  register();
  const { runCase } = await import('./conformance/run-case.mjs');

  const cases = findCases(folder).filter(({ name }) => name.includes(options.filter));
  const engines = options.engine === undefined ? ENGINES : [options.engine];
  say(`${cases.length} tests on ${engines.join(' and ')}`);
  const results = [];
  for (const one of cases) {
    const result = { ...one, ...(await runCase(one, engines)) };
    results.push(result);
    if (options.verbose || result.status === 'failed') console.log(`${result.status.padEnd(13)} ${result.name}  ${result.reason ?? ''}`);
  }
  console.log(tableOf(results));
  return conclude(results, options.filter === '' && engines.length === ENGINES.length);
}

/** Prints the end and gives the exit code. Only a whole run tells what is not supported any more. */
function conclude(results, whole) {
  const count = (status) => results.filter((result) => result.status === status).length;
  let code = count('failed') > 0 ? 1 : 0;
  if (whole && options.write) {
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
