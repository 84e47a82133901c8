/**
 * Mutates CSV files and appends to them: the answer must be an error with a code, or a table with every row it had. Run by fuzz.test.ts, and
 * for longer by `npm run fuzz`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isGradusError } from '@gradus/graph';
import { fakeTrainContext } from '@gradus/testing';
import fc from 'fast-check';
import { parseRecords } from '../src/csv.js';
import { csvLogger } from '../src/index.js';

const ORIGINAL = 'epoch,run_id,loss,"odd ""name"", really"\n0,a,0.5,NA\n1,a,0.25,"[1,""x""]"\n0,b,NaN,"line\nbreak"\n';

/** The file with a few pieces cut out, put in or doubled. */
const mutated = fc
  .array(
    fc.record({
      at: fc.noBias(fc.nat(ORIGINAL.length)),
      cut: fc.nat(2),
      piece: fc.constantFrom('', '0', 'x', '"', ',', '\n', '\r\n', '""', 'epoch', '\0', '\ufeff', '-0', '__proto__', ';', 'é'),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((changes) =>
    changes.reduce((text, { at, cut, piece }) => {
      const place = Math.min(at, text.length);
      return text.slice(0, place) + piece + text.slice(place + cut);
    }, ORIGINAL),
  );

export interface FuzzReport {
  readonly runs: number;
  readonly refused: number;
  readonly appended: number;
}

/** @throws when an answer is none of those that may come, with the file in its message. */
export async function fuzz(count: number, seed = 1): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-fuzz-'));
  const path = join(folder, 'metrics.csv');
  let [refused, appended] = [0, 0];
  const property = fc.asyncProperty(mutated, async (text) => {
    writeFileSync(path, text);
    const before = parseRecords(text, ',').records;
    const logger = csvLogger({ path: pathToFileURL(path), append: true, runId: 'new' });
    const context = fakeTrainContext({ metrics: { loss: { direction: 'min' } } });
    try {
      logger.check!(context);
      await logger.onTrainBegin!(context);
    } catch (error) {
      if (!isGradusError(error, 'INVALID_CSV')) throw error;
      if (readFileSync(path, 'utf8') !== text) throw new Error('a file that was refused is not what it was', { cause: error });
      refused++;
      return;
    }
    await logger.onEpochEnd!(0, { loss: 1 }, context);
    await logger.onTrainEnd!({ loss: 1 }, context);
    const { records, ended } = parseRecords(readFileSync(path, 'utf8'), ',');
    if (!ended || records.some((row) => row.length !== records[0].length)) throw new Error('no table');
    // A last line that was cut off may be left out, rows of this very run are replaced: nothing else may be missing.
    const rows = before.slice(1).filter((row) => row[before[0].indexOf('run_id')] !== 'new');
    if (records.length - 2 < rows.length - 1) throw new Error(`${records.length - 2} rows of ${rows.length}`);
    appended++;
  });
  try {
    await fc.assert(property, { numRuns: count, seed });
    return { runs: count, refused, appended };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count = 10_000, seed = 1] = process.argv.slice(2).map(Number);
  console.log(JSON.stringify(await fuzz(count, seed)));
}
