/** Taking checkpoints away: all of what is ours, nothing of what is not. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeCheckpoint } from './index.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'remove-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (...names: string[]): void => {
  for (const name of names) {
    mkdirSync(join(folder, name), { recursive: true });
    for (const file of ['manifest.json', 'params.safetensors']) writeFileSync(join(folder, name, file), '');
  }
};

it('takes it away with what crashes left of it, and no other', async () => {
  put('a', '.a.99999999-0123456789ab.tmp', '.a.99999999-0123456789ab.old', 'b', '.b.99999999-0123456789ab.tmp');
  await removeCheckpoint(join(folder, 'a'));
  expect(readdirSync(folder).sort()).toEqual(['.b.99999999-0123456789ab.tmp', 'b']);
  // A crash may have come between hiding it and taking it away.
  put('.c.99999999-0123456789ab.tmp');
  await removeCheckpoint(join(folder, 'c'));
  expect(readdirSync(folder).sort()).toEqual(['.b.99999999-0123456789ab.tmp', 'b']);
});

it('leaves a folder with files of others, and minds nothing that is not there', async () => {
  put('a');
  writeFileSync(join(folder, 'a', 'notes.txt'), 'mine');
  await removeCheckpoint(join(folder, 'a'));
  expect(readdirSync(join(folder, 'a'))).toEqual(['notes.txt']);
  await removeCheckpoint(join(folder, 'missing'));
  await removeCheckpoint(join(folder, 'missing', 'deeper'));
});

it('says so when the disk does not let it', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(removeCheckpoint(join(folder, 'file', 'a'))).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE' });
});
