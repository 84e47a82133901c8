/** What a disk or a power cut may do, at every single call: the checkpoint that was there, or the new one, can always be loaded. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { full } from '@gradus/graph';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { disk, errno, losePower, mend } from '../test/faulty-disk.js';
import { bitsOf, fullState, stateOf } from '../test/states.js';
import { CheckpointDirectory, loadCheckpoint, loadParams, readSafetensors, saveCheckpoint, writeSafetensors } from './index.js';

vi.mock('node:fs/promises', async (original) => (await import('../test/faulty-disk.js')).faultyDisk(await original()));

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-faults-'));
  path = join(directory, 'here', 'last');
});
afterEach(() => {
  mend();
  rmSync(directory, { recursive: true });
});

/** A state of several slices, so that writes and flushes come in every order. */
const largeState = (step: number) => stateOf({ params: { w: full([5_500_000], step), v: full([100], step) }, step });

/** How many calls of this kind a save makes over a checkpoint that exists. */
async function callsOf(kind: RegExp, state = fullState(2)): Promise<number> {
  let found = 0;
  disk.before = ({ name }) => void (kind.test(name) && found++);
  await saveCheckpoint(path, state);
  mend();
  return found;
}

describe('a save that fails leaves the old checkpoint, and nothing else', () => {
  it.each<[string, RegExp, string]>([
    ['the disk is full', /^file\.write$/, 'ENOSPC'],
    ['a file cannot be brought to the disk', /^file\.sync$/, 'EIO'],
    ['a file cannot be made', /^open$/, 'EMFILE'],
    ['the folder cannot be made', /^mkdir$/, 'EROFS'],
    ['a name cannot be given', /^rename$/, 'EACCES'],
    ['sizes cannot be read back', /^file\.stat$/, 'EIO'],
    ['a file cannot be closed', /^file\.close$/, 'EIO'],
  ])('%s', async (_, kind, code) => {
    await saveCheckpoint(path, fullState(1));
    const calls = await callsOf(kind);
    expect(calls).toBeGreaterThan(0);
    for (let n = 1; n <= calls; n++) {
      await saveCheckpoint(path, fullState(1));
      let seen = 0;
      disk.before = ({ name }) => {
        if (kind.test(name) && ++seen === n) throw errno(code);
      };
      const error = await saveCheckpoint(path, fullState(2)).catch((failed) => failed);
      mend();
      expect(error, `call ${n}`).toMatchObject({ code: 'CHECKPOINT_UNWRITABLE', cause: { code }, message: expect.stringContaining(path) });
      // Where only the last sync failed, of the folder around it, the new one already has its name.
      const { step } = (await loadCheckpoint(path)).state!;
      expect(step, `call ${n}`).toBe(n === calls && /sync|open|close/.test(kind.source) ? 2 : 1);
      const leftovers = readdirSync(join(directory, 'here')).filter((entry) => entry !== 'last');
      expect(
        leftovers.filter((entry) => !(step === 2 && entry.endsWith('.old'))),
        `call ${n}`,
      ).toEqual([]);
    }
    await saveCheckpoint(path, fullState(3));
    expect(readdirSync(join(directory, 'here'))).toEqual(['last']);
  });

  it('a large file whose flush fails beside a write', async () => {
    await saveCheckpoint(path, fullState(1));
    for (const kind of [/^file\.datasync$/, /^file\.write$/]) {
      const calls = await callsOf(kind, largeState(2));
      expect(calls).toBeGreaterThan(0);
      for (let n = 1; n <= calls; n += 5) {
        await saveCheckpoint(path, fullState(1));
        let seen = 0;
        disk.before = ({ name }) => {
          if (kind.test(name) && ++seen === n) throw errno('EIO');
        };
        await expect(saveCheckpoint(path, largeState(2))).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE', cause: { code: 'EIO' } });
        mend();
        expect((await loadCheckpoint(path)).state!.step).toBe(1);
      }
    }
  });

  it('a disk that takes a few bytes at a time is only slow', async () => {
    disk.writes = 7;
    await saveCheckpoint(path, fullState());
    mend();
    expect(bitsOf((await loadCheckpoint(path)).params)).toBe(bitsOf(fullState().params));
  });

  it('a disk that takes fewer bytes than it says', async () => {
    await saveCheckpoint(path, fullState(1));
    const real = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
    disk.before = async ({ name, path: file }) => {
      if (name === 'file.stat' && file.endsWith('params.safetensors')) await real.truncate(file, 5);
    };
    await expect(saveCheckpoint(path, fullState(2))).rejects.toThrow(/has 5 bytes after \d+ were written/);
    mend();
    expect((await loadCheckpoint(path)).state!.step).toBe(1);
  });

  it('writeSafetensors too', async () => {
    const file = join(directory, 'x.safetensors');
    await writeSafetensors(file, fullState(1).params);
    const before = bitsOf(await readSafetensors(file));
    for (const kind of ['file.write', 'file.sync', 'rename']) {
      disk.before = ({ name }) => {
        if (name === kind) throw errno('ENOSPC');
      };
      await expect(writeSafetensors(file, fullState(2).params)).rejects.toMatchObject({
        code: 'CHECKPOINT_UNWRITABLE',
        cause: { code: 'ENOSPC' },
      });
      mend();
      expect(bitsOf(await readSafetensors(file))).toBe(before);
      expect(readdirSync(directory)).toEqual(['x.safetensors']);
    }
  });
});

describe('a process that ends, or a power cut, at any call', () => {
  class Crash extends Error {}
  /** From the `n`-th call on nothing happens any more. */
  const crashAt = (n: number): void => {
    disk.before = (call) => {
      if (call.n >= n) throw new Crash();
    };
  };

  const here = (name: string): string => join(directory, 'here', name);
  const aside = '.last.4194304-0123456789ab.old';

  /** What may be there when a save begins: step 2, and what an earlier crash left. */
  const beginnings: [string, () => Promise<void>][] = [
    ['a checkpoint', async () => void (await saveCheckpoint(path, fullState(2)))],
    [
      'one that waits aside for a successor that never came',
      async () => {
        await saveCheckpoint(path, fullState(2));
        renameSync(path, here(aside));
      },
    ],
    [
      'a checkpoint, and the one before it not yet removed',
      async () => {
        await saveCheckpoint(path, fullState(1));
        renameSync(path, here(aside));
        await saveCheckpoint(join(directory, 'other'), fullState(2));
        renameSync(join(directory, 'other'), path);
      },
    ],
  ];
  const endings: [string, () => void][] = [
    ['the process', () => {}],
    ['the power', () => losePower(directory)],
  ];

  it.each(beginnings.flatMap(([beginning, begin]) => endings.map(([ending, end]) => ({ beginning, begin, ending, end }))))(
    '$ending, where there is $beginning',
    { timeout: 30_000 },
    async ({ begin, end }) => {
      await begin();
      const pristine = join(directory, 'pristine');
      cpSync(join(directory, 'here'), pristine, { recursive: true });
      const restore = (): void => {
        rmSync(join(directory, 'here'), { recursive: true });
        cpSync(pristine, join(directory, 'here'), { recursive: true });
        mend();
      };
      const calls = await callsOf(/./, fullState(3));
      const found: number[] = [];
      for (let n = 1; n <= calls; n++) {
        restore();
        crashAt(n);
        await saveCheckpoint(path, fullState(3)).catch(() => {});
        end();
        mend();
        const { state } = await loadCheckpoint(path);
        found.push(state!.step);
        expect(bitsOf(state!.params)).toBe(bitsOf(fullState(state!.step).params));
        await saveCheckpoint(path, fullState(4));
        expect(readdirSync(join(directory, 'here')), `after call ${n}`).toEqual(['last']);
      }
      // First the old one, from some call on the new one: never back.
      expect(found).toEqual([...found].sort());
      expect(new Set(found)).toEqual(new Set([2, 3]));
    },
  );

  it('a directory of checkpoints gives the last one or the one before', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const root = join(directory, 'rolling');
    const opened = await CheckpointDirectory.open(root, { owner: 'crashing' });
    await opened.save(fullState(1));
    await opened.save(fullState(2));
    for (let n = 1, before = 2; n < 120; n += 3) {
      mend();
      crashAt(n);
      const saved = await opened.save(fullState(before + 1)).then(
        () => true,
        () => false,
      );
      mend();
      const step = (await opened.latest())!.state.step;
      expect(saved ? [before + 1] : [before, before + 1], `call ${n}`).toContain(step);
      before = step;
    }
    await opened.save(fullState(0));
    expect(readdirSync(root).filter((name) => name.startsWith('checkpoint-')).length).toBe(2);
    expect(readdirSync(root).filter((name) => /tmp|old/.test(name))).toEqual([]);
    await opened.close();
    // What could not be taken away was told of, and taken away later.
    expect(new Set(warn.mock.calls.map(([, options]) => (options as { code: string }).code))).toEqual(new Set(['CHECKPOINT_UNWRITABLE']));
    warn.mockRestore();
  });
});

describe('reading', () => {
  it('beside a writer gives the one or the other, whole, whatever the moment', async () => {
    await saveCheckpoint(path, fullState(1));
    disk.calls = 0;
    await loadCheckpoint(path);
    const calls = disk.calls;
    expect(calls).toBeGreaterThan(10);
    for (let n = 1; n <= calls; n++) {
      mend();
      await saveCheckpoint(path, fullState(1));
      disk.calls = 0;
      disk.before = async (call) => {
        if (call.n !== n) return;
        disk.before = () => {};
        await saveCheckpoint(path, fullState(2));
      };
      const { state } = await loadCheckpoint(path);
      expect(bitsOf(state!.params), `call ${n}`).toBe(bitsOf(fullState(state!.step).params));
    }
  });

  it('while the checkpoint is for a moment under its hidden name', async () => {
    await saveCheckpoint(path, fullState(1));
    let loaded: Promise<number> | undefined;
    disk.before = async ({ name }) => {
      // The second move: nothing has the name now.
      if (name !== 'rename' || readdirSync(join(directory, 'here')).includes('last')) return;
      disk.before = () => {};
      loaded = loadCheckpoint(path).then(({ state }) => state!.step);
      await loaded;
    };
    await saveCheckpoint(path, fullState(2));
    expect(await loaded).toBe(1);
    expect((await loadCheckpoint(path)).state!.step).toBe(2);
  });

  it('that began between the two moves and went on after them finds the new one', async () => {
    await saveCheckpoint(path, fullState(1));
    let loaded: Promise<number> | undefined;
    let release = (): void => {};
    const saved = new Promise<void>((resolve) => (release = resolve));
    disk.before = async ({ name }) => {
      if (name !== 'rename' || readdirSync(join(directory, 'here')).includes('last')) return;
      // The reader has seen that nothing has the name, and looks aside only when nothing is there any more.
      await new Promise<void>((looksAside) => {
        disk.before = async (call) => {
          if (call.name !== 'readdir') return;
          disk.before = () => {};
          looksAside();
          await saved;
        };
        loaded = loadCheckpoint(path).then(({ state }) => state!.step);
      });
    };
    await saveCheckpoint(path, fullState(2));
    release();
    expect(await loaded).toBe(2);
  });

  it('from a disk that cannot give a file is a damage; from one that does not let us is not', async () => {
    await saveCheckpoint(path, fullState());
    const failing = (kind: string, code: string, end: string) => {
      disk.before = ({ name, path: file }) => {
        if (name === kind && file.endsWith(end)) throw errno(code);
      };
      return expect(loadCheckpoint(path)).rejects;
    };
    await failing('file.read', 'EIO', 'state.json').toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      cause: { code: 'EIO' },
      data: { file: 'state.json' },
    });
    await failing('open', 'EACCES', 'state.json').toMatchObject({ code: 'CHECKPOINT_UNREADABLE', cause: { code: 'EACCES' } });
    await failing('readFile', 'EACCES', 'manifest.json').toMatchObject({ code: 'CHECKPOINT_UNREADABLE', cause: { code: 'EACCES' } });
    await failing('lstat', 'EACCES', 'last').toMatchObject({ code: 'CHECKPOINT_UNREADABLE', cause: { code: 'EACCES' } });
    disk.before = ({ name }) => {
      if (name === 'open') throw errno('EMFILE');
    };
    await expect(loadParams(path)).rejects.toMatchObject({ code: 'CHECKPOINT_UNREADABLE' });
    mend();
    expect((await loadCheckpoint(path)).state!.step).toBe(7);
  });
});

it('where a network file system cannot sync folders, saving works without', async () => {
  mkdirSync(join(directory, 'here'));
  disk.before = ({ name, path: file }) => {
    if (name === 'file.sync' && (file.endsWith('here') || file.endsWith('.tmp'))) throw errno('EINVAL');
  };
  await saveCheckpoint(path, fullState());
  mend();
  expect((await loadCheckpoint(path)).state!.step).toBe(7);
});
