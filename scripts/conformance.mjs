// `npm run conformance`: runs the tests that come with ONNX on the interpreter and on ONNX Runtime. Each test is a model with
// inputs and the outputs it must give: Gradus reads the model, makes it a graph, runs that graph, and compares. The last line
// counts tests: `N passed, N failed, N skipped`; one that passes passes on every engine.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUp } from './setup.mjs';

const DEFAULT_FOLDER = '/usr/share/libonnx-testdata/data';
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
  const { runConformance } = await import('./conformance/main.mjs');
  const engines = options.engine === undefined ? ENGINES : [options.engine];
  return runConformance(folder, engines, { ...options, whole: options.filter === '' && options.engine === undefined });
}
