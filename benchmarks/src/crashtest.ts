/** Kills trainings at random moments until they end, and compares what they leave with an undisturbed run: `npm run crashtest -- --kills 200`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomKey, split, uniform, type NDArray } from 'gradus';

const HELP = `Usage: npm run crashtest [-- options]

A perceptron with dropout and Adam in ONNX Runtime, and a hyper-causal chain as a black box, each with early stopping, checkpoints,
CSV, telemetry and backups, are killed with SIGKILL at random moments, half of them while a backup is being written, and started again
until they end. Parameters, history, CSV, telemetry and best checkpoints must then equal those of an undisturbed run, bit for bit.

  --kills N      how often a process is killed (default: 200)
  --seed N       decides the moments (default: 0)
  --help`;

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '0' }, help: { type: 'boolean' } },
});

const KINDS = ['compiled', 'black box'] as const;
const PROGRAM = fileURLToPath(new URL('./crashtest-run.ts', import.meta.url));

/** Numbers from 0 to 1, the same for the same seed. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let key = randomKey(seed); ; ) {
    const [next, own] = split(key, 2) as NDArray[];
    key = next;
    yield (uniform(own, []) as NDArray).item() as number;
  }
}

function start(
  kind: string,
  folder: string,
): { process: ChildProcess; training: Promise<void>; end: Promise<number | null>; said: () => string } {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, kind, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  const end = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const training = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  return { process: child, training, end, said: () => text };
}

/** Everything that two runs must have in common, by name. */
function remains(folder: string): Map<string, string> {
  const { run, ...result } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as { run: string };
  const found = new Map([['result', JSON.stringify(result)]]);
  const add = (name: string, path: string, change = (text: string): string => text): void => {
    found.set(name, change(readFileSync(path, 'latin1')));
  };
  // Times differ; everything else may not.
  const untimed = (text: string): string => text.replace(/"(ts|seconds)":[^,}]*/g, '"$1":0');
  add('telemetry', join(folder, 'telemetry.jsonl'));
  add('events', join(run, 'telemetry.jsonl'), untimed);
  for (const file of ['history.csv', 'metrics.csv']) add(file, join(run, file));
  for (const checkpoint of readdirSync(join(run, 'checkpoints')).sort()) {
    for (const file of readdirSync(join(run, 'checkpoints', checkpoint)).filter((name) => name.endsWith('.safetensors'))) {
      add(`${checkpoint}/${file}`, join(run, 'checkpoints', checkpoint, file), (text) =>
        createHash('sha256').update(text, 'latin1').digest('hex'),
      );
    }
  }
  return found;
}

/** Kills a run at a random moment, unless it ends before. @returns whether it was killed. */
async function disturb(kind: string, folder: string, seconds: number, random: Iterator<number, never>): Promise<boolean> {
  const next = (): number => random.next().value;
  const run = start(kind, folder);
  const backup = join(folder, 'backup');
  const plan = next();
  const kill = (): boolean => run.process.kill('SIGKILL');
  const killed = (async () => {
    // One in ten while it starts, half of the rest at any moment, half inside a write.
    if (plan < 0.1) return sleep(next() * 2000).then(kill);
    await run.training;
    await sleep(next() * seconds * 600);
    if (plan < 0.55 || !existsSync(backup)) return kill();
    const delay = next() * 4;
    const watcher = watch(backup, (_event, name) => {
      if (name?.startsWith('.checkpoint')) setTimeout(kill, delay);
    });
    void run.end.then(() => watcher.close());
    return true;
  })();
  const code = await run.end;
  await Promise.race([killed, sleep(0)]);
  if (code !== null && code !== 0) throw new Error(`A run failed by itself with code ${code}:\n${run.said()}`);
  return code === null;
}

/** One training, killed until it ends or `most` kills are done. @returns its kills. */
async function crash(kind: string, folder: string, seconds: number, most: number, random: Iterator<number, never>): Promise<number> {
  let kills = 0;
  while (!existsSync(join(folder, 'result.json'))) {
    if (kills === most) {
      const code = await start(kind, folder).end;
      if (code !== 0) throw new Error(`The last start failed with code ${code}`);
    } else if (await disturb(kind, folder, seconds, random)) kills++;
  }
  return kills;
}

async function main(kills: number, seed: number): Promise<number> {
  const random = randomNumbers(seed);
  const base = mkdtempSync(join(tmpdir(), 'gradus-crashtest-'));
  const expected = new Map<string, { remains: Map<string, string>; seconds: number }>();
  for (const kind of KINDS) {
    const folder = join(base, `${kind} undisturbed`);
    const run = start(kind, folder);
    await run.training;
    const begun = performance.now();
    if ((await run.end) !== 0) throw new Error(`The undisturbed run failed:\n${run.said()}`);
    const seconds = (performance.now() - begun) / 1000;
    expected.set(kind, { remains: remains(folder), seconds });
    console.log(`${kind}: trains for ${seconds.toFixed(1)} s undisturbed`);
  }
  let [done, identical] = [0, 0];
  for (let number = 0; done < kills; number++) {
    const kind = KINDS[number % KINDS.length];
    const { remains: whole, seconds } = expected.get(kind)!;
    const folder = join(base, `${kind} ${number}`);
    const own = await crash(kind, folder, seconds, kills - done, random);
    const here = remains(folder);
    const different = [...new Set([...whole.keys(), ...here.keys()])].filter((name) => whole.get(name) !== here.get(name));
    done += own;
    if (different.length === 0) {
      identical += own;
      rmSync(folder, { recursive: true });
    }
    const outcome = different.length === 0 ? 'identical' : `DIFFERENT in ${different.join(', ')}: see ${folder}`;
    console.log(`${kind}: killed ${own} times, ${outcome} (${done} of ${kills} kills)`);
  }
  if (identical === done) rmSync(base, { recursive: true });
  console.log(`${identical}/${done} identical`);
  return identical === done ? 0 : 1;
}

if (values.help === true) console.log(HELP);
else {
  const [kills, seed] = [Number(values.kills), Number(values.seed)];
  if (!Number.isInteger(kills) || kills < 1) throw new Error(`--kills takes a whole number of 1 or more, not '${values.kills}'`);
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`--seed takes a whole number of 0 or more, not '${values.seed}'`);
  process.exitCode = await main(kills, seed);
}
