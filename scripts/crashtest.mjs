// `npm run crashtest`: sets up what is missing, then kills trainings at random moments and compares how they end.
import { runScript, setUp } from './setup.mjs';

await setUp();
process.exitCode = await runScript('benchmarks', 'crashtest', process.argv.slice(2));
