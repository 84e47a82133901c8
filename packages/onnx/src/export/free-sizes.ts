/** Sizes of inputs that stay free in an exported model, and the sizes at which the model is traced to see what follows them. */
import { checkOptions, rules } from '@gradus/core';
import { dtypes, formatShape, GradusError, NDArray, type DType, type TensorSpec } from '@gradus/graph';

/** An input of a model: an axis has a size, or the name of a size that is free. An array stands for its own type and shape. */
export interface InputSpec {
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

/** Where a free size can be read off: axis `axis` of the input `input`. */
export interface FreeSize {
  readonly name: string;
  readonly input: string;
  readonly axis: number;
  /** What the caller's example has there; `null` where only the name is known. */
  readonly example: number | null;
  /** The largest size that is ever needed; `null` where there is no limit. */
  readonly limit: number | null;
}

/** A size for each free one, by name. */
export type Point = Readonly<Record<string, number>>;

export interface Inputs {
  readonly specs: Readonly<Record<string, InputSpec>>;
  readonly free: readonly FreeSize[];
}

/** Below a limit the model is traced at three sizes. */
const LEAST = 4;
/** With each the number of traces doubles. */
const MOST = 4;

/**
 * Inputs with names for the sizes that are free: those that have names already, and the leading axes of every input that have none, which
 * get those in `named` (default: `batch`).
 * @throws `INVALID_ARGUMENT` for inputs that are none, a name that no input has, or a size of two values.
 */
export function freeSizes(
  inputs: Readonly<Record<string, InputSpec | NDArray>>,
  named: readonly string[] | undefined,
  limits: Readonly<Record<string, number>> = {},
): Inputs {
  const leading = named ?? ['batch'];
  const free = new Map<string, FreeSize>();
  const specs = Object.entries(inputs).map(([input, given]): [string, InputSpec] => {
    checkSpec(input, given);
    const shape = given.shape.map((size, axis) => {
      const name = typeof size === 'string' ? size : leading[axis];
      if (name === undefined) return size;
      const example = typeof size === 'number' ? size : null;
      const known = free.get(name);
      if (known === undefined || known.example === null) free.set(name, { name, input, axis, example, limit: limits[name] ?? null });
      else if (example !== null && known.example !== example) throw twoSizes(name, known, { input, axis, example, limit: null });
      return name;
    });
    return [input, { dtype: given.dtype, shape }];
  });
  const stray = named?.find((name) => !free.has(name));
  if (stray !== undefined) throw unusable('dynamic', `'${stray}'`, `names for axes that inputs have: the longest has ${longest(inputs)}`);
  const unlimited = Object.entries(limits).find(([name, limit]) => !free.has(name) || !Number.isInteger(limit) || limit < LEAST);
  if (unlimited !== undefined) {
    throw unusable(
      'limits',
      unlimited.join(': '),
      `whole numbers of ${LEAST} or more for free sizes: ${[...free.keys()].join(', ') || 'there are none'}`,
    );
  }
  if (free.size > MOST) throw unusable('dynamic', [...free.keys()].join(', '), `at most ${MOST} free sizes`);
  return { specs: Object.fromEntries(specs), free: [...free.values()] };
}

const longest = (inputs: Readonly<Record<string, InputSpec | NDArray>>): number =>
  Math.max(0, ...Object.values(inputs).map(({ shape }) => shape.length));

function checkSpec(name: string, spec: InputSpec | NDArray): void {
  if (spec instanceof NDArray) return;
  checkOptions(`The input '${name}'`, spec ?? {}, { dtype: rules.text, shape: { expected: 'a list', accepts: Array.isArray } }, [
    'dtype',
    'shape',
  ]);
  const odd = spec.shape.find((n) => !(typeof n === 'string' ? n !== '' : Number.isInteger(n) && n >= 0));
  if (Object.hasOwn(dtypes, spec.dtype) && odd === undefined) return;
  throw unusable(
    'inputs',
    `${spec.dtype}${formatShape(spec.shape as number[])} for '${name}'`,
    `an element type of ${Object.keys(dtypes).join(', ')}; sizes, or names for free ones`,
  );
}

const unusable = (option: string, received: string, expected: string): GradusError =>
  new GradusError('INVALID_ARGUMENT', { what: `Option '${option}' of exportOnnx is not usable`, received, expected });

const twoSizes = (name: string, first: FreeSize, second: Omit<FreeSize, 'name'>): GradusError =>
  unusable(
    'inputs',
    `a size '${name}' of ${first.example} (axis ${first.axis} of '${first.input}') and of ${second.example} (axis ${second.axis} of '${second.input}')`,
    'one size for one name',
  );

/** The inputs at given sizes. */
export const specsAt = ({ specs }: Inputs, point: Point): Record<string, TensorSpec> =>
  Object.fromEntries(
    Object.entries(specs).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape: shape.map((n) => (typeof n === 'string' ? point[n] : n)) },
    ]),
  );

/**
 * Where to trace: every combination of two sizes each, from which functions of the sizes follow, then one more on which they are tested.
 * Each row is another attempt, for models that take only sizes that can be divided, or only small ones.
 */
export function pointsOf(free: readonly FreeSize[]): (readonly Point[])[] {
  if (free.length === 0) return [[{}]];
  const attempts = free.map(triples);
  return attempts[0].map((_, attempt) => {
    const point = (choose: (i: number) => number): Point =>
      Object.fromEntries(free.map(({ name }, i) => [name, attempts[i][attempt][choose(i)]]));
    const corners = Array.from({ length: 2 ** free.length }, (_, mask) => point((i) => (mask >> i) & 1));
    // At the limits tables are as long as they need to be.
    const limited = free.some(({ limit }) => limit !== null)
      ? [Object.fromEntries(free.map(({ name, limit }, i) => [name, limit ?? attempts[i][attempt][0]]))]
      : [];
    return [...corners, point(() => 2), ...limited];
  });
}

/** Three sizes for each attempt. Different ones for different names, so that one is not taken for the other. */
function triples({ example, limit }: FreeSize, i: number): (readonly [number, number, number])[] {
  const below = (n: number): [number, number, number] => [n - 1, n - 2, n - 3];
  if (limit !== null) return new Array(5).fill(below(limit));
  const n = example === null || example < 2 ? 15 + 8 * i : example;
  // The example may be the largest there is. Below 5 there are only special cases.
  return [
    [n, 2 * n, 3 * n + 1],
    [n, 2 * n, 3 * n],
    [12 + 8 * i, 24 + 16 * i, 36 + 24 * i],
    n === example && n >= 5 ? below(n) : below(8 + 3 * i),
    below(6 + i),
  ];
}
