/**
 * A long training whose process is killed five times, while its server is killed and started again twenty times. In the end the server must
 * have the series of an undisturbed run exactly: about 200,000 points, none missing, none twice. Small: resume.test.ts. Takes minutes:
 *
 *     node --import tsx test/chaos.ts [epochs]
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { temporary } from './parts.js';
import { delivered, FakeMlflow, quick, seriesOf } from './server.js';
import { syncSpool } from 'mlflow-js-client/node';

/** Eight steps with two points each, and five points of its own. */
const epochs = Number(process.argv[2] ?? 9600);
const [KILLS, OUTAGES] = [5, 20];
const folder = temporary();

interface Training {
  readonly child: ReturnType<typeof spawn>;
  readonly ended: Promise<boolean>;
}

function train(name: string, uri: string): Training {
  const program = join(import.meta.dirname, 'crash-run.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, join(folder.path, name), uri, '0', String(epochs), '2000'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<boolean>((resolve) => child.on('close', (code) => resolve(code === 0)));
  return { child, ended };
}

// A store of files keeps a point that is sent twice, twice.
const server = await new FakeMlflow({ backend: 'file' }).start();
const begun = performance.now();
await train('whole', '').ended;
const seconds = (performance.now() - begun) / 1000;
console.log(`undisturbed: ${seconds.toFixed(0)} s`);

let [kills, outages, running] = [0, 0, true];
const outage = (async () => {
  for (; outages < OUTAGES; outages++) {
    await sleep((seconds * 600) / OUTAGES);
    await server.kill();
    await sleep((seconds * 600) / OUTAGES);
    await server.start();
  }
})();
while (running) {
  const { child, ended } = train('killed', server.uri);
  const done = await Promise.race([ended, sleep((seconds * 1000) / (KILLS + 1) + 2000 * kills).then(() => null)]);
  if (done === null && kills < KILLS) {
    child.kill('SIGKILL');
    await ended;
    kills++;
    continue;
  }
  running = false;
  if (!(await ended)) throw new Error('a training failed by itself');
}
await outage;
await syncSpool({ directory: join(folder.path, 'killed', 'spool'), to: server.uri, backoff: quick });
await server.kill();

const runs = [...server.tracking.runs.values()];
const expected = seriesOf((await delivered(join(folder.path, 'whole', 'spool')))[0]);
const here = seriesOf(runs[0]);
const names = [...new Set([...Object.keys(expected), ...Object.keys(here)])];
const different = names.filter((name) => !isDeepStrictEqual(here[name], expected[name]));
const points = Object.values(here).reduce((total, series) => total + series.length, 0);
console.log(`${points} points; the training was killed ${kills} times, the server ${outages} times`);
console.log(runs.length === 1 && different.length === 0 ? 'identical' : `DIFFERENT: ${runs.length} runs, ${different.join(', ')}`);
folder.remove();
process.exitCode = runs.length === 1 && different.length === 0 ? 0 : 1;
