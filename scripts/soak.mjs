// `npm run soak`: sets up what is missing, then trains a small model for very many steps and prints memory over time.
import { runScript, setUp } from './setup.mjs';

await setUp();
process.exitCode = await runScript('benchmarks', 'soak', process.argv.slice(2));
