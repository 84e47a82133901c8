import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zeros } from '@gradus/graph';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forge, forgeManifest } from '../test/files.js';
import { fullState, stateOf } from '../test/states.js';
import { CheckpointDirectory, saveCheckpoint } from './index.js';
import { sha256 } from './manifest.js';
import { startOf } from './process-identity.js';

let root: string;
let path: string;
let warnings: { code: string; message: string }[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gradus-directory-'));
  path = join(root, 'backup');
  warnings = [];
  vi.spyOn(process, 'emitWarning').mockImplementation(
    ((message: string, { code }: { code: string }) => void warnings.push({ code, message })) as never,
  );
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

const open = (owner = 'a test', options = {}) => CheckpointDirectory.open(path, { owner, ...options });
const entries = () => readdirSync(path).sort();
const step = async (directory: CheckpointDirectory) => (await directory.latest())?.state.step;
const OURS = ['.gradus-checkpoints', 'LOCK'];

describe('rolling checkpoints', () => {
  it('keep the last and the one before, and give the last', async () => {
    const directory = await open();
    expect(await directory.latest()).toBeNull();
    for (let n = 1; n <= 4; n++) {
      const saved = await directory.save(fullState(n), { fingerprint: { n }, facts: { loss: 1 / n } });
      expect(saved.path).toBe(join(path, `checkpoint-${n}`));
      expect(entries()).toEqual([...OURS, ...(n === 1 ? [] : [`checkpoint-${n - 1}`]), `checkpoint-${n}`]);
    }
    expect(await directory.latest()).toMatchObject({
      path: join(path, 'checkpoint-4'),
      state: fullState(4),
      manifest: { fingerprint: { n: 4 }, facts: { loss: 0.25 } },
    });
    await directory.close();
    expect(warnings).toEqual([]);
  });

  it('are numbered on, and ordered by number, after the directory is opened again', async () => {
    for (let n = 1; n <= 11; n++) {
      const directory = await open();
      expect(await step(directory)).toBe(n === 1 ? undefined : n - 1);
      await directory.save(fullState(n));
      await directory.close();
    }
    expect(entries()).toEqual(['.gradus-checkpoints', 'checkpoint-10', 'checkpoint-11']);
  });

  it('do not care about clocks', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2040-01-01') });
    const directory = await open();
    await directory.save(fullState(1));
    vi.setSystemTime(new Date('1999-01-01'));
    const { manifest } = await directory.save(fullState(2));
    vi.useRealTimers();
    expect(manifest.createdAt).toMatch(/^1999/);
    expect(await step(directory)).toBe(2);
    await directory.close();
  });

  it('saved at once are saved one after the other', async () => {
    const directory = await open();
    const saved = await Promise.all([1, 2, 3].map((n) => directory.save(fullState(n))));
    expect(saved.map(({ path: at }) => at.at(-1))).toEqual(['1', '2', '3']);
    expect(await step(directory)).toBe(3);
    await directory.close();
  });

  it('a state that cannot be stored changes nothing', async () => {
    const directory = await open();
    await directory.save(fullState(1));
    await expect(directory.save(stateOf({ callbacks: { f: () => 1 } }))).rejects.toMatchObject({ code: 'NOT_JSON' });
    expect(entries()).toEqual([...OURS, 'checkpoint-1']);
    await directory.save(fullState(2));
    await directory.close();
  });

  it('compare with a template', async () => {
    const directory = await open();
    await directory.save(fullState(1));
    await expect(directory.latest({ like: stateOf({ params: { w: zeros([]) } }) })).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH' });
    await directory.close();
  });
});

describe('a damaged checkpoint', () => {
  const three = async (): Promise<CheckpointDirectory> => {
    const directory = await open();
    for (const n of [1, 2]) await directory.save(fullState(n));
    return directory;
  };
  const damage = (n: number) => truncateSync(join(path, `checkpoint-${n}`, 'params.safetensors'), 20);

  it('is passed over with a warning that names both; the good one stays until there is another', async () => {
    const directory = await three();
    damage(2);
    expect(await step(directory)).toBe(1);
    expect(warnings).toEqual([
      {
        code: 'CHECKPOINT_CORRUPT',
        message: expect.stringMatching(/checkpoint-2' is damaged.*params.safetensors: it has 20 bytes.*goes on from '.*checkpoint-1'/),
      },
    ]);
    await directory.save(fullState(3));
    expect(entries()).toEqual([...OURS, 'checkpoint-1', 'checkpoint-3']);
    expect(await step(directory)).toBe(3);
    await directory.close();
  });

  it('without its manifest is one too', async () => {
    const directory = await three();
    rmSync(join(path, 'checkpoint-2', 'manifest.json'));
    expect(await step(directory)).toBe(1);
    expect(warnings.map(({ code }) => code)).toEqual(['CHECKPOINT_CORRUPT']);
    await directory.close();
  });

  it('when all are, nothing begins from zero unseen', async () => {
    const directory = await three();
    damage(1);
    damage(2);
    await expect(directory.latest()).rejects.toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      message: expect.stringMatching(/checkpoint-2.*checkpoint-1.*To begin anew/),
    });
    await directory.close();
  });

  it('one of a later version is none, and nothing goes back behind it', async () => {
    const directory = await three();
    forgeManifest(join(path, 'checkpoint-2'), (manifest) => ({ ...manifest, format: 'gradus-checkpoint/2' }));
    await expect(directory.latest()).rejects.toMatchObject({ code: 'CHECKPOINT_NEWER' });
    await directory.close();
  });

  it('one of parameters alone, which somebody else put there, is passed over', async () => {
    const directory = await three();
    await saveCheckpoint(join(path, 'checkpoint-9'), fullState(9), { contents: 'params' });
    expect(await step(directory)).toBe(2);
    await directory.close();
  });
});

describe('files of others', () => {
  it('make a directory that was never ours not ours, and nothing is written', async () => {
    mkdirSync(path);
    writeFileSync(join(path, 'thesis.tex'), 'years of work');
    await expect(open()).rejects.toMatchObject({ code: 'DIRECTORY_FOREIGN', message: expect.stringContaining('thesis.tex') });
    expect(entries()).toEqual(['thesis.tex']);
  });

  it('that came later stay through everything, also inside of a checkpoint', async () => {
    const directory = await open();
    await directory.save(fullState(1));
    const foreign = ['notes.txt', 'checkpoint-x', '.checkpoint-1.tmp', 'LOCK.md', 'checkpoint-7', 'checkpoint-1/plot.png'];
    for (const name of foreign) writeFileSync(join(path, name), 'mine');
    mkdirSync(join(path, 'checkpoint-30'));
    for (const n of [2, 3, 4]) await directory.save(fullState(n));
    expect((await directory.latest())!.path).toBe(join(path, 'checkpoint-33'));
    await directory.clear();
    for (const name of foreign) expect(readFileSync(join(path, name), 'utf8'), name).toBe('mine');
    expect(entries()).toEqual([
      '.checkpoint-1.tmp',
      '.gradus-checkpoints',
      'LOCK.md',
      'checkpoint-1',
      'checkpoint-30',
      'checkpoint-7',
      'checkpoint-x',
      'notes.txt',
    ]);
    expect(readdirSync(join(path, 'checkpoint-1'))).toEqual(['plot.png']);
    // Still a directory of ours.
    const again = await open();
    expect(await again.latest()).toBeNull();
    await again.close();
  });

  it('a folder that only looks like one of checkpoints can be opened', async () => {
    mkdirSync(join(path, 'checkpoint-3'), { recursive: true });
    const directory = await open();
    expect(await directory.latest()).toBeNull();
    await directory.close();
  });
});

describe('clear and close', () => {
  it('clear leaves nothing', async () => {
    const directory = await open();
    await directory.save(fullState(1));
    await directory.save(fullState(2));
    mkdirSync(join(path, '.checkpoint-9.4194304-0123456789ab.tmp'));
    writeFileSync(join(path, `LOCK.${'0'.repeat(32)}`), '');
    await directory.clear();
    expect(existsSync(path)).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('close keeps the checkpoints and lets another in; after it nothing works', async () => {
    const directory = await open();
    await directory.save(fullState(1));
    await directory.close();
    await directory.close();
    expect(entries()).toEqual(['.gradus-checkpoints', 'checkpoint-1']);
    const closed = { code: 'DISPOSED', message: expect.stringContaining(path) };
    await expect(directory.save(fullState(2))).rejects.toMatchObject(closed);
    await expect(directory.latest()).rejects.toMatchObject(closed);
    await expect(directory.clear()).rejects.toMatchObject(closed);
    const other = await open();
    expect(await step(other)).toBe(1);
    // The first one has no say any more.
    await directory.close();
    expect(existsSync(join(path, 'LOCK'))).toBe(true);
    await other.close();
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('exit');
    for (let n = 0; n < 3; n++) await (await open()).close();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('a directory that vanished', () => {
  it('is made again by the next save, with a warning', async () => {
    const directory = await open();
    await directory.save(fullState(1));
    rmSync(root, { recursive: true });
    await directory.save(fullState(2));
    expect(warnings).toEqual([{ code: 'DIRECTORY_VANISHED', message: expect.stringContaining(`'${path}' has vanished`) }]);
    expect(entries()).toEqual([...OURS, 'checkpoint-1']);
    expect(await step(directory)).toBe(2);
    await directory.close();
  });

  it('so is its lock', async () => {
    const directory = await open();
    rmSync(join(path, 'LOCK'));
    await directory.save(fullState(1));
    expect(warnings).toEqual([{ code: 'DIRECTORY_VANISHED', message: expect.stringContaining('The lock of') }]);
    await expect(open('another')).rejects.toMatchObject({ code: 'DIRECTORY_IN_USE' });
    await directory.close();
  });

  it('can be cleared', async () => {
    const directory = await open();
    rmSync(path, { recursive: true });
    await directory.clear();
    expect(existsSync(path)).toBe(false);
  });
});

describe('one owner at a time', () => {
  const lock = (parts: object = {}) => ({
    owner: 'another run',
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    since: '2025-01-02T03:04:05.000Z',
    token: 'f'.repeat(32),
    ...parts,
  });
  const writeLock = (content: object | string) => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'LOCK'), typeof content === 'string' ? content : JSON.stringify(content));
  };
  /** No process has this id: it is above the largest that Linux gives. */
  const NOBODY = 4_194_304;

  it('two in one process: the second is told who has it', async () => {
    const first = await open('run digits/1');
    await expect(open('run digits/2')).rejects.toMatchObject({
      code: 'DIRECTORY_IN_USE',
      message: expect.stringMatching(new RegExp(`run digits/1, process ${process.pid} on ${hostname()}, since 2.*Wait for its end`)),
      data: { owner: 'run digits/1', pid: process.pid, host: hostname() },
    });
    await first.save(fullState(1));
    await first.close();
    await (await open('run digits/2')).close();
    expect(warnings).toEqual([]);
  });

  it('of many at once, one', async () => {
    const dead = lock({ pid: NOBODY });
    for (const leftover of [null, ...Array<object>(20).fill(dead), '', 'a dead lock and a dead claim']) {
      if (leftover !== null) writeLock(typeof leftover === 'object' || leftover === '' ? leftover : dead);
      // Whoever was taking over has ended, too.
      if (leftover === 'a dead lock and a dead claim') writeFileSync(join(path, `LOCK.${sha256(JSON.stringify(dead)).slice(0, 32)}`), JSON.stringify(dead));
      const opened = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => open(`run ${i}`)));
      const winners = opened.filter((each) => each.status === 'fulfilled');
      expect(winners.length).toBe(1);
      for (const each of opened) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'DIRECTORY_IN_USE' });
      await winners[0].value.save(fullState(1));
      await winners[0].value.clear();
    }
  });

  it.each<[string, object | string]>([
    ['has ended', lock({ pid: NOBODY })],
    ['has ended, and another process got its id', lock({ started: '1' })],
    ['ended while it wrote the lock', ''],
    ['left no readable lock', '{"pid": 1}'],
  ])('an owner that %s gives way, with a notice', async (_, content) => {
    writeLock(content);
    const directory = await open('run 2');
    expect(warnings).toEqual([
      { code: 'DIRECTORY_TAKEN_OVER', message: expect.stringMatching(/another run, process|without readable text/) },
    ]);
    expect(JSON.parse(readFileSync(join(path, 'LOCK'), 'utf8'))).toMatchObject({ owner: 'run 2', pid: process.pid });
    expect(entries()).toEqual(OURS);
    await directory.close();
  });

  it('an owner on another machine does not, unless somebody says so', async () => {
    writeLock(lock({ host: 'elsewhere', pid: NOBODY }));
    await expect(open()).rejects.toMatchObject({
      code: 'DIRECTORY_IN_USE',
      message: expect.stringMatching(/on elsewhere.*takeOver: true/),
    });
    const directory = await open('a test', { takeOver: true });
    expect(warnings.map(({ code }) => code)).toEqual(['DIRECTORY_TAKEN_OVER']);
    await directory.close();
  });

  it('an owner that runs on this machine never does', async () => {
    writeLock(lock());
    await expect(open('a test', { takeOver: true })).rejects.toMatchObject({ code: 'DIRECTORY_IN_USE' });
  });

  it('who lost the lock saves nothing and releases nothing', async () => {
    const directory = await open();
    await directory.save(fullState(1));
    writeLock(lock({ owner: 'the usurper' }));
    await expect(directory.save(fullState(2))).rejects.toMatchObject({
      code: 'DIRECTORY_IN_USE',
      message: expect.stringContaining('the usurper'),
    });
    await expect(directory.clear()).rejects.toMatchObject({ code: 'DIRECTORY_IN_USE' });
    await directory.close();
    expect(entries()).toEqual([...OURS, 'checkpoint-1']);
    expect(JSON.parse(readFileSync(join(path, 'LOCK'), 'utf8'))).toMatchObject({ owner: 'the usurper' });
  });

  it('a place that cannot be written is an error with a code', async () => {
    writeFileSync(path, '');
    await expect(open()).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE', cause: { code: 'EEXIST' } });
    await expect(CheckpointDirectory.open(path, {} as never)).rejects.toThrow("needs the option 'owner'");
    await expect(open('')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('other processes', { timeout: 60_000 }, () => {
  const program = fileURLToPath(new URL('../test/owner-program.ts', import.meta.url));

  interface Child {
    readonly process: ChildProcess;
    output(): string;
    readonly ended: Promise<number | null>;
    says(text: string): Promise<void>;
  }

  function start(kind: string): Child {
    const child = spawn(process.execPath, ['--import', 'tsx', program, path, kind]);
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const says = async (text: string) => {
      while (!output.includes(text)) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    return { process: child, output: () => output, ended, says };
  }

  it('one that runs keeps it; killed, it gives way', async () => {
    const child = start('waits');
    await child.says('open');
    await expect(open()).rejects.toMatchObject({ code: 'DIRECTORY_IN_USE', data: { owner: 'a child that waits', pid: child.process.pid } });
    const second = start('ends');
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe('DIRECTORY_IN_USE\n');
    child.process.kill('SIGKILL');
    await child.ended;
    const directory = await open();
    expect(warnings).toEqual([
      { code: 'DIRECTORY_TAKEN_OVER', message: expect.stringContaining(`a child that waits, process ${child.process.pid}`) },
    ]);
    await directory.close();
  });

  it('one that ends without closing releases it', async () => {
    const child = start('ends');
    expect(await child.ended).toBe(0);
    expect(child.output()).toBe('open\n');
    expect(entries()).toEqual(['.gradus-checkpoints']);
  });

  it('one that is killed while it saves leaves what it had saved', async () => {
    let before = 0;
    for (let round = 0; round < 3; round++) {
      const child = start('saves');
      await child.says(`saved ${before + 2}\n`);
      // Later and later within a save, which takes some milliseconds.
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      child.process.kill('SIGKILL');
      await child.ended;
      const told = Number([...child.output().matchAll(/saved (\d+)\n/g)].at(-1)![1]);
      const directory = await open();
      const found = (await step(directory))!;
      expect([told, told + 1]).toContain(found);
      await directory.close();
      before = found;
    }
    expect(warnings.map(({ code }) => code)).toEqual(Array(3).fill('DIRECTORY_TAKEN_OVER'));
    const directory = await open();
    await directory.save(fullState(0));
    expect(entries().filter((name) => name.startsWith('.checkpoint'))).toEqual([]);
    await directory.clear();
    expect(existsSync(path)).toBe(false);
  });
});

it('what somebody forged is not resumed from', async () => {
  const directory = await open();
  await directory.save(fullState(1));
  await directory.save(fullState(2));
  forge(join(path, 'checkpoint-2'), 'state.json', '{"__proto__":{}}');
  expect(await step(directory)).toBe(1);
  cpSync(join(path, 'checkpoint-1'), join(path, 'checkpoint-5'), { recursive: true });
  expect(await step(directory)).toBe(1);
  await directory.close();
});
