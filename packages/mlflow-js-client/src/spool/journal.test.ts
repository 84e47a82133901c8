import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporary } from '../../test/spool.js';
import type { Metric } from '../input/sanitizer.js';
import { Warnings } from '../input/warnings.js';
import { Journal } from './journal.js';
import { START } from './layout.js';
import { readHeader, recordsOf, SpoolReader } from './reader.js';
import { decode, encode, type SpoolRecord } from './records.js';

let place: ReturnType<typeof temporary>;
let folder: string;
let warnings: string[];
const teller = () => new Warnings((message) => warnings.push(message));
beforeEach(() => {
  place = temporary();
  folder = join(place.path, 'run');
  warnings = [];
});
afterEach(() => place.remove());

const metrics = (...values: number[]): SpoolRecord => ({ type: 'metrics', metrics: values.map((value) => ({ key: 'm', value, timestamp: 1, step: 0 })) });
const tag = (value: string): SpoolRecord => ({ type: 'tags', tags: [{ key: 't', value }] });
const write = (...records: SpoolRecord[]): void => {
  const journal = new Journal(folder, 'never', teller());
  for (const record of records) journal.append(record);
  journal.close();
};
async function readAll(from = START): Promise<SpoolRecord[]> {
  const reader = new SpoolReader(folder, from, teller());
  const records: SpoolRecord[] = [];
  for (let item = await reader.peek(); item !== undefined; item = await reader.peek()) {
    records.push(item.record);
    reader.skip();
  }
  await reader.close();
  return records;
}
const segment = (number: number) => join(folder, `${String(number).padStart(6, '0')}.jsonl`);

describe('records', () => {
  it('of any numbers come back from a line', () => {
    fc.assert(
      fc.property(fc.double(), fc.maxSafeInteger(), fc.maxSafeInteger(), fc.option(fc.string(), { nil: undefined }), (value, timestamp, step, modelId) => {
        const metric: Metric = { key: 'a "b"\n', value: value + 0, timestamp, step, ...(modelId !== undefined && { modelId }) };
        const record: SpoolRecord = { type: 'metrics', metrics: [metric] };
        const line = encode(record);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(decode(line.slice(0, -1))).toEqual(record);
      }),
    );
  });

  it('that were changed or cut are none', () => {
    const line = encode(tag('value')).slice(0, -1);
    expect(decode(line)).toEqual(tag('value'));
    expect(decode(line.replace('value', 'valve'))).toBeUndefined();
    for (let length = 0; length < line.length; length++) expect(decode(line.slice(0, length))).toBeUndefined();
  });
});

describe('a journal', () => {
  it('is on the disk when append returns, and each process has a segment of its own', async () => {
    const first = new Journal(folder, 'never', teller());
    first.append(tag('a'));
    expect(readFileSync(segment(1), 'utf8')).toBe(encode(tag('a')));
    write(tag('b'));
    first.append(tag('c'));
    first.close();
    expect(readdirSync(folder)).toEqual(['000001.jsonl', '000002.jsonl']);
    expect(await readAll()).toEqual([tag('a'), tag('c'), tag('b')]);
    const all = [];
    for await (const record of recordsOf(folder)) all.push(record);
    expect(all).toEqual(await readAll());
    expect(warnings).toEqual([]);
  });

  it('is forced to the disk by sync, once for what was written, and again after a disk that fails', () => {
    let broken = false;
    const forced: string[] = [];
    const force = (file: number): void => {
      if (broken) throw new Error('EIO');
      expect(file).toBeGreaterThan(2);
      forced.push(readFileSync(segment(1), 'utf8'));
    };
    const journal = new Journal(folder, 'never', teller(), undefined, force);
    journal.sync();
    journal.append(tag('a'));
    journal.append(tag('b'));
    expect(forced).toEqual([]);
    journal.sync();
    journal.sync();
    expect(forced).toEqual([encode(tag('a')) + encode(tag('b'))]);
    broken = true;
    journal.append(tag('c'));
    journal.sync();
    expect(warnings).toEqual([expect.stringContaining('EIO')]);
    broken = false;
    journal.sync();
    expect(forced.slice(1)).toEqual([encode(tag('a')) + encode(tag('b')) + encode(tag('c'))]);
    journal.close();
    expect(forced).toHaveLength(2);
  });

  it('takes what a disk refused when it is synced', () => {
    let full = true;
    const journal = new Journal(folder, 'never', teller(), (file, bytes, offset) => {
      if (full) throw new Error('ENOSPC');
      return writeSync(file, bytes, offset);
    });
    journal.append(tag('a'));
    full = false;
    journal.sync();
    expect(readFileSync(segment(1), 'utf8')).toBe(encode(tag('a')));
    journal.close();
  });

  it.each(['always', 'interval', 'never'] as const)('with fsync %s writes the same', async (fsync) => {
    const journal = new Journal(folder, fsync, teller());
    journal.append(metrics(1, NaN, -Infinity));
    journal.sync();
    journal.append(tag('x'));
    journal.close();
    expect(await readAll()).toEqual([metrics(1, NaN, -Infinity), tag('x')]);
  });

  it('cut at any byte has every whole line before it, and goes on in the next segment', async () => {
    write(tag('one'), metrics(1, 2, 3), tag('zwei ü 漢'), tag('three'));
    const whole = readFileSync(segment(1));
    const ends = [...whole].flatMap((byte, i) => (byte === 10 ? [i + 1] : []));
    const records = await readAll();
    for (let length = 0; length < whole.length; length += 3) {
      writeFileSync(segment(1), whole.subarray(0, length));
      write(tag('later'));
      expect(await readAll()).toEqual([...records.slice(0, ends.filter((end) => end <= length).length), tag('later')]);
      rmSync(segment(2));
    }
  });

  it('with a damaged line in the middle loses that one only, and says so once', async () => {
    write(tag('a'), tag('b'), tag('c'), tag('d'));
    writeFileSync(segment(1), readFileSync(segment(1), 'utf8').replace('"b"', '"X"').replace('"c"', '"Y"'));
    expect(await readAll()).toEqual([tag('a'), tag('d')]);
    expect(warnings).toEqual([expect.stringContaining('is damaged and is left out')]);
  });

  it('that the disk refuses keeps what it was told and writes it later, with one warning', async () => {
    writeFileSync(folder, 'a file where the folder should be');
    const journal = new Journal(folder, 'never', teller());
    for (let i = 0; i < 5; i++) journal.append(tag(`${i}`));
    rmSync(folder);
    journal.append(tag('5'));
    journal.close();
    expect(await readAll()).toEqual([0, 1, 2, 3, 4, 5].map((i) => tag(`${i}`)));
    expect(warnings).toEqual([expect.stringMatching(/cannot be written .*tried again/)]);
  });

  it('that the disk takes in pieces, with failures between them, has every line once', async () => {
    const lines = ['one', 'zwei ü', 'three 漢', 'four', 'five'].map(tag);
    const whole = Buffer.concat(lines.map((line) => Buffer.from(encode(line)))).length;
    for (let taken = 0; taken <= whole; taken += 7) {
      // The disk takes so many bytes and is full; then there is place again.
      let left = taken;
      const journal = new Journal(join(place.path, `pieces-${taken}`), 'never', teller(), (file, bytes, offset) => {
        if (left === 0) throw new Error('ENOSPC');
        const count = Math.min(left, 11, bytes.length - offset);
        left -= count;
        return writeSync(file, bytes, offset, count);
      });
      for (const line of lines.slice(0, 4)) journal.append(line);
      left = Infinity;
      journal.append(lines[4]);
      journal.close();
      const records = [];
      for await (const record of recordsOf(join(place.path, `pieces-${taken}`))) records.push(record);
      expect(records).toEqual(lines);
    }
  });

  it('that the disk refuses for ever keeps 16 MB, and how the run begins', () => {
    writeFileSync(folder, '');
    const journal = new Journal(folder, 'never', teller());
    journal.append(tag('header'));
    for (let i = 0; i < 40; i++) journal.append(tag(`${i}`.padEnd(1_000_000, 'x')));
    rmSync(folder);
    journal.append(tag('last'));
    journal.close();
    const lines = readFileSync(segment(1), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBe(18);
    expect([decode(lines[0]), decode(lines.at(-1)!)]).toEqual([tag('header'), tag('last')]);
    expect(warnings).toEqual([expect.stringContaining('cannot be written'), expect.stringContaining('are lost')]);
  });

  it('reads while it is written, lines of any length, from any place', async () => {
    const reader = new SpoolReader(folder, START, teller());
    expect(await reader.peek()).toBeUndefined();
    mkdirSync(folder);
    const long = tag('x'.repeat(700_000));
    const lines = [encode(tag('a')), encode(long), encode(tag('b'))];
    appendFileSync(segment(1), lines[0] + lines[1].slice(0, 300_000));
    expect((await reader.peek())?.record).toEqual(tag('a'));
    reader.skip();
    expect(await reader.peek()).toBeUndefined();
    appendFileSync(segment(1), lines[1].slice(300_000) + lines[2]);
    expect((await reader.peek())?.record).toEqual(long);
    reader.skip();
    const { position } = reader;
    expect((await reader.peek())?.record).toEqual(tag('b'));
    await reader.close();
    expect(await readAll(position)).toEqual([tag('b')]);
  });

  it('tells how a run begins, if it says so', async () => {
    expect(await readHeader(folder, teller())).toBeUndefined();
    const header = { type: 'run', format: 'mlflow-spool/1', key: 'k', experimentName: 'e', startTime: 1, tags: [] } as const;
    write(header, tag('a'));
    const start = await readHeader(folder, teller());
    expect(start?.header).toEqual(header);
    expect(await readAll(start?.end)).toEqual([tag('a')]);
    truncateSync(segment(1), 20);
    expect(await readHeader(folder, teller())).toBeUndefined();
    expect(existsSync(segment(1))).toBe(true);
  });
});

it('two processes that write one run at the same time are both read to their ends', async () => {
  const [first, second] = [0, 1].map(() => new Journal(folder, 'never', teller()));
  first.append(tag('a'));
  second.append(tag('b'));
  const reader = new SpoolReader(folder, START, teller());
  const seen: unknown[] = [];
  const readOn = async (): Promise<void> => {
    for (let item = await reader.peek(); item !== undefined; item = await reader.peek()) {
      seen.push([item.segment, item.record.type === 'tags' && item.record.tags[0].value]);
      reader.skip();
    }
  };
  await readOn();
  first.append(tag('c'));
  second.append(tag('d'));
  first.append(tag('e'));
  await readOn();
  expect(seen).toEqual([[1, 'a'], [2, 'b'], [1, 'c'], [1, 'e'], [2, 'd']]);
  const { position } = reader;
  await reader.close();
  second.append(tag('f'));
  first.close();
  second.close();
  expect(await readAll(position)).toEqual([tag('f')]);
});
