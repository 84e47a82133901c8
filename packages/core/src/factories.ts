/** Factories for configuration, made of functions as code calls them. */
import type { Factory, Reference, Resolve, TransformPart } from './contracts/plugin.js';
import { checkOptions, type Rule } from './option-rules.js';

type Options = Readonly<Record<string, unknown>>;

/** Whether `value` names a part, with or without options. */
export const isReference = (value: unknown): value is Reference =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && typeof (value as { use?: unknown }).use === 'string');

/** Text is never the name of a schedule: options have words of their own. */
const schedule = (value: unknown, resolve: Resolve): unknown =>
  typeof value !== 'string' && isReference(value) ? resolve('schedule', value) : value;

const schedules = (value: unknown, resolve: Resolve): unknown =>
  Array.isArray(value) ? value.map((item) => schedule(item, resolve)) : schedule(value, resolve);

const mapValues = (record: object, change: (value: unknown) => unknown): Options =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/**
 * A factory whose options may hold schedules by name, or lists of them, so that they can be written as JSON:
 * `{ learningRate: { use: 'cosineDecaySchedule', options: { … } } }`.
 *
 * @example
 * registry.add('optimizer', 'acme/lion', withSchedules(lion));
 */
export const withSchedules =
  <T>(factory: Factory<T>): Factory<T> =>
  (options: object | undefined, resolve) =>
    factory((options && mapValues(options, (value) => schedules(value, resolve))) as never, resolve);

/** What an argument is in configuration; those that end with `?` may be missing. */
export type ArgumentKind = 'value' | 'value?' | 'transform' | 'transforms' | 'options';

const transform = (value: unknown, resolve: Resolve): unknown => resolve('transform', value as TransformPart);

const read: Readonly<Record<Exclude<ArgumentKind, 'options'>, (value: unknown, resolve: Resolve) => unknown>> = {
  value: schedules,
  'value?': schedules,
  transform,
  transforms: (value, resolve) =>
    Array.isArray(value) ? value.map((item) => transform(item, resolve)) : mapValues(value as object, (item) => transform(item, resolve)),
};

const oneTransform: Rule = {
  expected: 'an optimizer or a transform: its name, { use, options }, or a list to be chained',
  accepts: (v) => isReference(v) || (typeof v === 'object' && v !== null),
};
const anything: Rule = { expected: 'a value', accepts: () => true };

const ruleOf: Readonly<Record<Exclude<ArgumentKind, 'options'>, Rule>> = {
  value: anything,
  'value?': anything,
  transform: oneTransform,
  transforms: {
    expected: 'a list or a record of at least one optimizer or transform',
    accepts: (v) => typeof v === 'object' && v !== null && Object.keys(v).length > 0,
  },
};

/**
 * A factory out of a function of several arguments: in configuration they are options by their names. Where the last one is a record
 * of options itself, those stand beside them.
 *
 * @param args The arguments in their order: `value` for what is taken as it is (a schedule by name is made), `transform` for an optimizer
 * or a transform in any form, `transforms` for a list or a record of such, `options` for the last argument if it takes all other options.
 * @throws by the factory: `INVALID_ARGUMENT` for options that are missing or not known.
 * @example
 * registry.add('optimizer', 'acme/twice', withArguments('acme/twice', twice, { optimizer: 'transform', options: 'options' }));
 * // { use: 'acme/twice', options: { optimizer: 'adam', …options of twice } }
 */
export function withArguments<T>(owner: string, make: (...args: never[]) => T, args: Readonly<Record<string, ArgumentKind>>): Factory<T> {
  const named = Object.entries(args).filter((arg): arg is [string, keyof typeof read] => arg[1] !== 'options');
  const takesOthers = named.length < Object.keys(args).length;
  const allowed = Object.fromEntries(named.map(([name, kind]) => [name, ruleOf[kind]]));
  const required = named.filter(([, kind]) => kind !== 'value?').map(([name]) => name);
  return (options: Options = {}, resolve) => {
    const others = Object.fromEntries(Object.entries(options).filter(([name]) => takesOthers && !Object.hasOwn(allowed, name)));
    const own = Object.fromEntries(Object.entries(options).filter(([name]) => !Object.hasOwn(others, name)));
    checkOptions(owner, own, allowed, required);
    const values = named.map(([name, kind]) => (own[name] === undefined ? undefined : read[kind](own[name], resolve)));
    if (takesOthers) values.push(mapValues(others, (value) => schedules(value, resolve)));
    return make(...(values as never[]));
  };
}
