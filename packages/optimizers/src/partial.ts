/** A transform that sees a part of the parameters. */
import type { GradientTransform, TensorParams, UpdateContext } from '@gradus/core';

const pick = <T>(record: Readonly<Record<string, T>>, selects: (name: string) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => selects(name)));

/** `inner` on the parameters that `selects` names; its updates are for these alone. `evaluate` keeps the others where they are. */
export function partial(inner: GradientTransform, selects: (name: string) => boolean): GradientTransform {
  const contextFor = (context: UpdateContext, params: TensorParams): UpdateContext => {
    const { evaluate } = context;
    if (evaluate === undefined) return context;
    return {
      ...context,
      evaluate(at) {
        const { loss, gradients } = evaluate({ ...params, ...at });
        return { loss, gradients: pick(gradients, selects) };
      },
    };
  };
  return {
    ...inner,
    init: (params) => inner.init(pick(params, selects)),
    update: (gradients, state, params, context) =>
      inner.update(pick(gradients, selects), state, pick(params, selects), contextFor(context, params)),
    ...(inner.evaluationParams && {
      evaluationParams: (params, state) => ({ ...params, ...inner.evaluationParams!(pick(params, selects), state) }),
    }),
  };
}
