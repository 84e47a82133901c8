/** A process that owns a directory of checkpoints: run by checkpoint-directory.test.ts. */
import { CheckpointDirectory } from '../src/index.js';
import { fullState } from './states.js';

const [path, kind] = process.argv.slice(2);
const directory = await CheckpointDirectory.open(path, { owner: `a child that ${kind}` }).catch((error) => {
  console.log(error.code);
  process.exit(1);
});
console.log('open');
if (kind === 'waits') setInterval(() => {}, 1000);
if (kind === 'saves') {
  const last = await directory.latest();
  for (let step = (last?.state.step ?? 0) + 1; ; step++) {
    await directory.save(fullState(step));
    console.log(`saved ${step}`);
  }
}
// `ends`: without closing.
