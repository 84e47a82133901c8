/**
 * Mutates checkpoints and loads them: the answer must be an error with a code, or a state that is sound. Run by fuzz.test.ts, and for longer
 * by `node --import tsx test/fuzz.ts 100000 [seed]`.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isGradusError, leaves, type NDArray } from '@gradus/graph';
import { decodeSafetensors, loadCheckpoint, loadParams, saveCheckpoint } from '../src/index.js';
import { packState, unpackState } from '../src/packed-state.js';
import { stateProblem } from '../src/state-form.js';
import { CHECKPOINT_FILES, forge, forgeManifest } from './files.js';
import { bitsOf, fullState } from './states.js';

export interface FuzzReport {
  readonly runs: number;
  /** How often each answer came: a code, `equal` or `sound`. */
  readonly answers: Readonly<Record<string, number>>;
}

/** The `n`-th draw of a run: a whole number below `limit`. */
type Draw = (limit: number) => number;

function drawsOf(seed: number, run: number): Draw {
  let draws = 0;
  return (limit) => createHash('sha256').update(`${seed} ${run} ${draws++}`).digest().readUInt32LE() % limit;
}

const pick = <T>(draw: Draw, items: readonly T[]): T => items[draw(items.length)];

/** Bytes with one thing changed. */
function mutateBytes(bytes: Buffer, draw: Draw): Buffer {
  const at = draw(bytes.length + 1);
  const length = draw(pick(draw, [2, 9, 100]));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (draw(7)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, after.subarray(length)]);
    case 2:
      return Buffer.concat([before, Buffer.from(Array.from({ length }, () => draw(256))), after]);
    case 3:
      return Buffer.concat([before, before.subarray(-length), after]);
    case 4:
      return Buffer.concat([before, Buffer.alloc(Math.min(length, after.length), pick(draw, [0, 255, '9', '['])), after.subarray(length)]);
    default: {
      const changed = Buffer.from(bytes);
      for (let i = 0; i <= draw(3) && changed.length > 0; i++) changed[draw(changed.length)] ^= 1 << draw(8);
      return changed;
    }
  }
}

const ODD: readonly string[] = [
  ...['null', 'true', '-1', '0.5', '1e308', '-0', '9007199254740993', '""', '"x"', '[]', '{}', '[[]]', '[null]'],
  ...[
    '{"$number":"NaN"}',
    '{"$number":"-0"}',
    '{"$number":1}',
    '{"$array":"buffers.mean"}',
    '{"$param":"dense.bias"}',
    '{"$array":"none"}',
  ],
  ...['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"$":1}', '{"$$number":"NaN"}', '"__proto__"'],
  ...['{"dtype":"F32","shape":[],"data_offsets":[0,4]}', '[0,4]', '[4294967296,4294967296]', '"F64"', '"BF16"', '"gradus-checkpoint/2"'],
  '['.repeat(3000) + ']'.repeat(3000),
];

/** JSON with one node replaced, removed, renamed, doubled or moved. */
function mutateJson(text: string, draw: Draw): string {
  const root = { root: JSON.parse(text) as unknown };
  const places: [object, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(root);
  const [parent, key] = pick(draw, places) as [Record<string, unknown>, string];
  const marker = '\u0001odd';
  const [otherParent, otherKey] = pick(draw, places) as [Record<string, unknown>, string];
  switch (draw(5)) {
    case 0:
      delete parent[key];
      break;
    case 1:
      parent[pick(draw, ['constructor', '$x', 'toString', 'params', '0', otherKey])] = parent[key];
      break;
    case 2:
      parent[key] = structuredClone(otherParent[otherKey]);
      break;
    default:
      parent[key] = marker;
  }
  return JSON.stringify(root.root ?? null).replace(JSON.stringify(marker), () => pick(draw, ODD));
}

/** A safetensors file whose header, as JSON, has one thing changed. */
function mutateHeader(bytes: Buffer, draw: Draw): Buffer {
  const length = Number(bytes.readBigUInt64LE());
  const header = Buffer.from(mutateJson(bytes.toString('utf8', 8, 8 + length), draw));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([prefix, header, bytes.subarray(8 + length)]);
}

const isJson = (file: string): boolean => file.endsWith('.json');

/** Changes one file. `forged`: with check sums that fit, so that the decoders are asked. */
function mutate(folder: string, originals: ReadonlyMap<string, Buffer>, draw: Draw): { forged: boolean } {
  const file = pick(draw, CHECKPOINT_FILES);
  const bytes = originals.get(file)!;
  const structural = draw(2) === 0;
  if (structural && file === 'manifest.json') {
    forgeManifest(folder, (manifest) => JSON.parse(mutateJson(JSON.stringify(manifest), draw)) as object);
    return { forged: true };
  }
  const mutated = !structural ? mutateBytes(bytes, draw) : isJson(file) ? mutateJson(bytes.toString(), draw) : mutateHeader(bytes, draw);
  const forged = file !== 'manifest.json' && draw(4) > 0;
  if (forged) forge(folder, file, mutated);
  else writeFileSync(join(folder, file), mutated);
  return { forged };
}

const bytesIn = (arrays: readonly NDArray[]): number => arrays.reduce((sum, { data }) => sum + data.byteLength, 0);

/** What came of a mutated checkpoint. Throws where it is none of what may come. */
async function answerOf(folder: string, forged: boolean, original: string): Promise<string> {
  const files = (): number => CHECKPOINT_FILES.reduce((sum, file) => sum + readFileSync(join(folder, file)).length, 0);
  try {
    await loadParams(folder);
    const { state, params } = await loadCheckpoint(folder);
    if (state === null) return 'params';
    if (bitsOf(state) === original) return 'equal';
    if (!forged) throw new Error('a state that is not the one saved');
    const problem = stateProblem(state);
    if (problem !== null) throw new Error(problem);
    if (bytesIn(leaves<NDArray>([params, state.optimizer, state.buffers])) > files()) throw new Error('more memory than the files hold');
    if (bitsOf(unpackState(packState(state))) !== bitsOf(state)) throw new Error('a state that does not come back');
    return 'sound';
  } catch (error) {
    if (isGradusError(error) && /^CHECKPOINT_(CORRUPT|NEWER|OLDER)$/.test(error.code)) return error.code;
    throw error;
  }
}

/**
 * @param count Checkpoints to mutate.
 * @param seed Another seed, other mutations.
 * @throws when an answer is none of those that may come, with the run in its message: `fuzz(1, seed, run)` repeats it.
 */
export async function fuzz(count: number, seed = 1, first = 0): Promise<FuzzReport> {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-fuzz-'));
  const folder = join(directory, 'c');
  const answers: Record<string, number> = {};
  try {
    await saveCheckpoint(folder, fullState(), { fingerprint: { epochs: 10 }, facts: { value: NaN } });
    const original = bitsOf((await loadCheckpoint(folder)).state);
    const originals = new Map(CHECKPOINT_FILES.map((file) => [file, readFileSync(join(folder, file))] as const));
    for (let run = first; run < first + count; run++) {
      const draw = drawsOf(seed, run);
      for (const [file, bytes] of originals) writeFileSync(join(folder, file), bytes);
      const { forged } = mutate(folder, originals, draw);
      const answer = await answerOf(folder, forged, original).catch((error) => {
        throw new Error(`fuzz(1, ${seed}, ${run}): ${(error as Error).message}`, { cause: error });
      });
      answers[answer] = (answers[answer] ?? 0) + 1;
      if (({} as { polluted?: unknown }).polluted !== undefined) throw new Error(`fuzz(1, ${seed}, ${run}): a prototype was reached`);
      decodeAnything(originals.get('state.safetensors')!, draw, `fuzz(1, ${seed}, ${run})`);
    }
    return { runs: count, answers };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function decodeAnything(bytes: Buffer, draw: Draw, run: string): void {
  const mutated = draw(2) === 0 ? mutateBytes(bytes, draw) : mutateHeader(bytes, draw);
  try {
    const { arrays } = decodeSafetensors(mutated);
    if (bytesIn(Object.values(arrays)) > mutated.length) throw new Error('more memory than the bytes hold');
  } catch (error) {
    if (isGradusError(error, 'INVALID_SAFETENSORS') || isGradusError(error, 'DTYPE_MISMATCH')) return;
    throw new Error(`${run}, decodeSafetensors: ${(error as Error).message}`, { cause: error });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count = 10_000, seed = 1] = process.argv.slice(2).map(Number);
  console.log(JSON.stringify(await fuzz(count, seed)));
}
