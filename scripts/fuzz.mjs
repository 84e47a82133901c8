// `npm run fuzz`: mutates what Gradus reads from disk, many times, and checks that it answers with a result or a coded error.
import { parseArgs } from 'node:util';
import { run, setUp } from './setup.mjs';

/** Each takes how often, and a seed; it fails when an answer is none of those that may come. */
const FUZZERS = {
  checkpoints: 'packages/checkpoint/test/fuzz.ts',
  'CSV files': 'packages/callbacks/test/fuzz.ts',
};

const HELP = `Usage: npm run fuzz [-- options]

Mutates ${Object.keys(FUZZERS).join(', ')} and reads them.

  --count N      mutations of each (default: 100000)
  --seed N       other mutations (default: 1)
  --help`;

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' }, help: { type: 'boolean' } },
});

if (values.help === true) console.log(HELP);
else {
  for (const number of [values.count, values.seed]) {
    if (!/^[1-9]\d*$/.test(number)) throw new Error(`--count and --seed take whole numbers of 1 or more, not '${number}'`);
  }
  await setUp();
  for (const [name, program] of Object.entries(FUZZERS)) {
    console.log(`${name}:`);
    process.exitCode ||= await run(process.execPath, ['--import', 'tsx', program, values.count, values.seed]);
  }
}
