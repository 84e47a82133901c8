// `npm run demo`: sets up what is missing, then trains the hyper-causal chain with live progress.
import { runScript, say, setUp } from './setup.mjs';

await setUp();
say('Training the hyper-causal chain (examples/hypercausal-callbacks); Ctrl-C ends it in good order');
process.exitCode = await runScript('examples/hypercausal-callbacks', 'start', process.argv.slice(2));
