// `npm run bench`: sets up what is missing, then runs every benchmark and prints one table.
import { runScript, say, setUp } from './setup.mjs';

await setUp();
say('Running the benchmarks; leave the machine alone meanwhile');
process.exitCode = await runScript('benchmarks', 'bench', process.argv.slice(2));
