/** A layer made of others: what every container is. */
import type { Params } from '@gradus/core';
import { GradusError, split, type NDArray, type Tensor } from '@gradus/graph';
import { isLayer, requireLayer, type Extras, type Layer, type LayerContext, type LayerLike } from '../layer.js';

/** Applies a member. @param extras Default: those that the composite got. */
export type Call = (member: string, x: Tensor, extras?: Extras) => Tensor;

/**
 * A layer of named members, wired by a function. Parameters and buffers of a member get its name as a prefix, `down.weight`; each
 * random member draws from a key of its own, so call it once.
 *
 * @param wire (call, x, context, extras) => output.
 * @throws `INVALID_ARGUMENT` for a member that is neither layer nor function; `DUPLICATE_NAME` by `init`, where dots in names make two
 *   parameters one; when applied: `UNKNOWN_NAME` for a member that is not there.
 * @example
 * const gated = composite({ gate: dense({ in: 8, out: 8 }), value: dense({ in: 8, out: 8 }) }, (call, x) =>
 *   multiply(sigmoid(call('gate', x)), call('value', x)),
 * );
 */
export function composite(
  members: Readonly<Record<string, LayerLike>>,
  wire: (call: Call, x: Tensor, context: LayerContext, extras: Extras) => Tensor,
): Layer {
  const names = Object.keys(members);
  for (const name of names) requireLayer(`Member '${name}'`, members[name]);
  const layers = Object.entries(members).filter((entry): entry is [string, Layer] => isLayer(entry[1]));
  const drawing = layers.filter(([, layer]) => layer.random === true).map(([name]) => name);
  const keeping = layers.filter(([, layer]) => layer.buffers !== undefined);
  return {
    random: drawing.length > 0,
    init(key) {
      const keys = split(key, names.length) as NDArray[];
      return joined(layers.map(([name, layer]) => [name, layer.init(keys[names.indexOf(name)])]));
    },
    ...(keeping.length === 0 ? {} : { buffers: () => joined(keeping.map(([name, layer]) => [name, layer.buffers!()])) }),
    apply(params, x, context, extras = {}) {
      // Keys are split only for layers that draw, and a lone one takes the key itself: a draw costs a hundred operators.
      const keys = context.training && drawing.length > 1 ? split(context.key, drawing.length) : [context.key];
      const { setBuffer } = context;
      const call: Call = (name, input, given = extras) => {
        const member = members[name];
        if (member === undefined) throw unknown(name, names);
        if (!isLayer(member)) return member(input);
        const prefix = `${name}.`;
        const own: LayerContext = {
          ...context,
          key: keys[drawing.indexOf(name)] ?? context.key,
          buffers: under(context.buffers, prefix),
          setBuffer: setBuffer && ((buffer, value) => setBuffer(prefix + buffer, value)),
        };
        return member.apply(under(params, prefix), input, own, given);
      };
      return wire(call, x, context, extras);
    },
  };
}

const unknown = (name: string, names: readonly string[]): GradusError =>
  new GradusError('UNKNOWN_NAME', { what: 'A composite calls a member that it does not have', received: name, expected: names.join(', ') });

/** Records of members as one, with the members' names as prefixes. */
function joined(parts: readonly (readonly [string, Params])[]): Params {
  const entries = parts.flatMap(([name, part]) => Object.entries(part).map(([own, array]): [string, NDArray] => [`${name}.${own}`, array]));
  const record = Object.fromEntries(entries);
  if (Object.keys(record).length === entries.length) return record;
  throw new GradusError('DUPLICATE_NAME', {
    what: 'Two members of a composite have a parameter or buffer of one name',
    received: `'${entries.find(([name], i) => entries.findIndex(([other]) => other === name) !== i)![0]}' twice`,
    fix: 'Give members names without dots.',
  });
}

/** What of a record begins with `prefix`, by the rest of the names. */
const under = <T>(record: Readonly<Record<string, T>>, prefix: string): Record<string, T> =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
