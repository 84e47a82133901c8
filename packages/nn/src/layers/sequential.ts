/** Layers one after another. */
import type { Params } from '@gradus/core';
import { GradusError, split, type NDArray } from '@gradus/graph';
import { isLayer, type Layer, type LayerLike } from '../layer.js';

/**
 * Each layer applied to the output of the one before. Parameters get the layer's place as a prefix: `0.weight`, `2.bias`; functions
 * such as `relu` count as places too.
 * @throws `INVALID_ARGUMENT` for an empty list or a member that is neither layer nor function.
 * @example
 * const net = sequential([dense({ in: 2, out: 16 }), relu, dropout(0.1), dense({ in: 16, out: 3 })]);
 */
export function sequential(members: readonly LayerLike[]): Layer {
  const bad = members.findIndex((member) => typeof member !== 'function' && typeof (member as Partial<Layer> | null)?.apply !== 'function');
  if (members.length === 0 || bad !== -1) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: members.length === 0 ? 'sequential() got no layers' : `Member ${bad} of sequential() is no layer`,
      received: members.length === 0 ? '[]' : String(members[bad]),
      expected: 'layers such as dense({ in, out }), or functions such as relu',
    });
  }
  const random = members.filter((member) => isLayer(member) && member.random === true).length;
  return {
    random: random > 0,
    init(key) {
      const keys = split(key, members.length) as NDArray[];
      const params: Record<string, Params[string]> = {};
      members.forEach((member, i) => {
        if (!isLayer(member)) return;
        for (const [name, array] of Object.entries(member.init(keys[i]))) params[`${i}.${name}`] = array;
      });
      return params;
    },
    apply(params, x, context) {
      // Keys are split only for layers that draw, and a lone one takes the key itself: a draw costs a hundred operators.
      const keys = context.training && random > 1 ? split(context.key, random) : [context.key];
      let drawn = 0;
      return members.reduce((value, member, i) => {
        if (!isLayer(member)) return member(value);
        const key = member.random === true ? (keys[drawn++] ?? context.key) : context.key;
        return member.apply(under(params, `${i}.`), value, { ...context, key });
      }, x);
    },
  };
}

/** The parameters whose names begin with `prefix`, by the rest of their names. */
const under = <T>(params: Readonly<Record<string, T>>, prefix: string): Record<string, T> =>
  Object.fromEntries(
    Object.entries(params)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
