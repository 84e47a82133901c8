/** Damaged models, made of good ones: whatever happens to a file, reading it ends soon, in a result or in a coded error. */
import { isGradusError, SymbolicTensor, type TensorSpec } from '@gradus/graph';
import { checkOnnx, decodeModel, importGraph, importOnnx, parseModel, serializeModel, type Value } from '../src/index.js';

/** Whole numbers below a limit, from a seed: mulberry32 (public domain, Tommy Ettinger). */
class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

type Mutation = (bytes: Uint8Array, draws: Draws, others: readonly Uint8Array[]) => Uint8Array;

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

/** What disks and networks do to bytes. */
const ofBytes: readonly Mutation[] = [
  (bytes, draws) => bytes.slice(0, draws.below(bytes.length)),
  (bytes, draws) => {
    const copy = bytes.slice();
    copy[draws.below(copy.length)] ^= 1 << draws.below(8);
    return copy;
  },
  (bytes, draws) => {
    const copy = bytes.slice();
    for (let i = 0; i <= draws.below(8); i++) copy[draws.below(copy.length)] = draws.of([0, 1, 0x7f, 0x80, 0xff, draws.below(256)]);
    return copy;
  },
  (bytes, draws) => {
    const at = draws.below(bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + draws.below(16)));
  },
  (bytes, draws) => {
    const at = draws.below(bytes.length);
    return joined(
      bytes.subarray(0, at),
      Uint8Array.from({ length: 1 + draws.below(16) }, () => draws.below(256)),
      bytes.subarray(at),
    );
  },
  (bytes, draws, others) => {
    const other = draws.of(others);
    return joined(bytes.subarray(0, draws.below(bytes.length)), other.subarray(draws.below(other.length)));
  },
  // A length that lies.
  (bytes, draws) => {
    const at = draws.below(bytes.length);
    return joined(bytes.subarray(0, at), Uint8Array.of(0xff, 0xff, 0xff, 0xff, draws.of([0x0f, 0x7f, 0x01])), bytes.subarray(at + 1));
  },
];

const HUGE = [0n, -1n, 1n, 2n ** 31n, 2n ** 40n, 2n ** 62n, -(2n ** 63n)];

/** What programs get wrong: fields of messages with other values, gone, or twice. */
function ofFields(bytes: Uint8Array, draws: Draws): Uint8Array {
  const model = parseModel(bytes);
  const places: { readonly holder: Record<string | number, unknown>; readonly key: string | number }[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
    for (const key of Object.keys(value)) {
      places.push({ holder: value as Record<string, unknown>, key });
      collect((value as Record<string, unknown>)[key]);
    }
  };
  collect(model);
  const names = places.flatMap(({ holder, key }) => (typeof holder[key] === 'string' ? [holder[key] as string] : []));
  for (let i = 0; i <= draws.below(3); i++) {
    const { holder, key } = draws.of(places);
    const value = holder[key];
    // Taken out by the change before.
    if (value === undefined) continue;
    if (Array.isArray(holder)) {
      const action = draws.below(4);
      if (action === 0) holder.splice(Number(key), 1);
      else if (action === 1) holder.push(value);
      else if (action === 2) holder.reverse();
      else holder[Number(key)] = other(value, draws, names);
    } else if (draws.below(4) === 0) delete holder[key];
    else holder[key] = other(value, draws, names);
  }
  return serializeModel(model);
}

function other(value: unknown, draws: Draws, names: readonly string[]): unknown {
  if (typeof value === 'string')
    return draws.of([...names, '', 'x', 'Loop', 'Scan', 'If', 'ConstantOfShape', 'Expand', 'Tile', 'Resize', '../../etc/passwd']);
  if (typeof value === 'bigint') return draws.of([...HUGE, BigInt(draws.below(32))]);
  if (typeof value === 'number') return draws.of([0, -1, 1e30, NaN, 7, 1, draws.below(30)]) | 0;
  if (value instanceof Uint8Array) return value.map((byte) => (draws.below(4) === 0 ? draws.of([0, 0xff, draws.below(256)]) : byte));
  return value;
}

/** Everything that is done with a file that comes in. */
function useModel(bytes: Uint8Array): void {
  checkOnnx(bytes);
  const model = decodeModel(bytes);
  attempt(() => importOnnx(bytes));
  const imported = importGraph<Value>(model, { limits: { elements: 2 ** 20, axis: 2 ** 20 } });
  const symbol = ({
    dtype,
    shape,
  }: {
    dtype: TensorSpec['dtype'] | null;
    shape: readonly (number | string | null)[] | null;
  }): SymbolicTensor =>
    new SymbolicTensor(
      dtype ?? 'float32',
      (shape ?? [2, 3]).map((n) => (typeof n === 'number' ? n : 3)),
    );
  imported.apply(Object.fromEntries(imported.inputs.map((input) => [input.name, symbol(input)])));
}

/** Runs `use`; every error that has no code is thrown on. */
function attempt(use: () => void): boolean {
  try {
    use();
    return true;
  } catch (error) {
    if (isGradusError(error)) return false;
    throw error;
  }
}

/** The i-th damaged model of a seed. */
function mutationOf(models: readonly Uint8Array[], seed: number, i: number): Uint8Array {
  const draws = new Draws(seed * 1_000_003 + i);
  const bytes = draws.of(models);
  return draws.below(2) === 0 ? draws.of(ofBytes)(bytes, draws, models) : ofFields(bytes, draws);
}

export interface FuzzResult {
  /** Mutations that were still models, and could be traced. */
  readonly whole: number;
  readonly refused: number;
  /** Milliseconds that the slowest took. */
  readonly slowest: number;
}

/**
 * Damages models `count` times and uses each. @throws what has no code, with the number of the mutation: the same seed makes it again.
 * @param models Files to begin with.
 * @param first The number of the first mutation.
 */
export function fuzzModels(models: readonly Uint8Array[], count: number, seed = 1, first = 0): FuzzResult {
  let [whole, slowest] = [0, 0];
  for (let i = first; i < first + count; i++) {
    const damaged = mutationOf(models, seed, i);
    const start = performance.now();
    try {
      if (attempt(() => useModel(damaged))) whole++;
    } catch (error) {
      throw new Error(`Mutation ${i} of seed ${seed} fails without a code: ${String(error)}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  return { whole, refused: count - whole, slowest };
}
