/** Dynamics that run until nothing changes any more, inside the compiled step. */
import { abs, add, greater, less, logicalAnd, logicalOr, max, scalar, split, subtract, whileLoop, type Tensor } from '@gradus/graph';
import type { Orchestrator, Proposal, State } from './orchestrator.js';

export interface SettleOptions {
  /** The layers to update, ascending; the others stay as they are. */
  readonly rows: readonly number[];
  /** The most sweeps. */
  readonly steps: number;
  /** Stop at a fixed point. `false` runs all steps, with the same result. Default: `true`. */
  readonly earlyExit?: boolean;
  /** `uint32[2]`, for an orchestrator that draws. */
  readonly key: Tensor;
}

export interface Settled {
  readonly state: State;
  /** Sweeps that were run, the one that found nothing to change among them: int32 scalar. */
  readonly steps: Tensor;
}

interface Going {
  readonly moving: State;
  readonly step: Tensor;
  readonly changing: Tensor;
  readonly key: readonly Tensor[];
}

/**
 * Sweeps until no unit of any sample would change, or `steps` are done. Nothing that the layers in `rows` do not change is computed twice.
 */
export function settle({ sweep, random }: Orchestrator, state: State, propose: Proposal, options: SettleOptions): Settled {
  const { rows, steps, earlyExit = true } = options;
  const none = scalar(0, 'int32');
  if (steps === 0 || rows.length === 0) return { state, steps: none };
  const moving = (from: State): State => Object.fromEntries(rows.map((row) => [row, from[row]]));
  const { moving: settled, step } = whileLoop(
    ({ step, changing }: Going) => logicalAnd(changing, less(step, steps)),
    ({ moving: before, step, changing, key }: Going): Going => {
      const [own, ...rest] = random ? split(key[0]) : [];
      const swept = sweep(rows, { ...state, ...before }, propose, own ?? null);
      return {
        moving: moving(swept.state),
        step: add(step, 1),
        changing: earlyExit ? rows.map((row) => differ(swept.proposed[row], before[row])).reduce(logicalOr) : changing,
        key: rest,
      };
    },
    { moving: moving(state), step: none, changing: scalar(true, 'bool'), key: random ? [options.key] : [] } as Going,
  );
  return { state: { ...state, ...(settled as State) }, steps: step as Tensor };
}

/** Whether two states differ anywhere: three passes over floats, where a comparison of elements takes four and a conversion. */
const differ = (a: Tensor, b: Tensor): Tensor => greater(max(abs(subtract(a, b))), 0);
