/** Dynamics that run until nothing changes any more, inside the compiled step. */
import {
  add,
  cond,
  greater,
  less,
  logicalAnd,
  logicalOr,
  multiply,
  scalar,
  split,
  subtract,
  vectorNorm,
  whileLoop,
  type Tensor,
} from '@gradus/graph';
import type { Edge } from '../layer-map.js';
import { isZero, type Messages } from './messages.js';
import type { Orchestrator, State, Sweep } from './orchestrator.js';

export interface Plan {
  readonly orchestrator: Orchestrator;
  /** The layers to update, ascending; the others stay as they are. */
  readonly rows: readonly number[];
  /** What a layer would become; writes down what it heard. */
  propose(row: number, state: State, heard?: Map<Edge, Tensor>): Tensor;
  /** The edges by which these layers reach each other. */
  readonly inner: readonly Edge[];
  readonly messages: Messages;
  /** `uint32[2]`, for an orchestrator that draws. */
  readonly key: Tensor;
}

export interface Settled {
  readonly state: State;
  /** Sweeps that were run, the one that found nothing to change among them: int32 scalar. */
  readonly steps: Tensor;
}

/** What goes round; `heard` are the messages of the inner edges that the last sweep heard, and is not read by the next. */
interface Going {
  readonly moving: State;
  readonly step: Tensor;
  readonly changing: Tensor;
  readonly key: readonly Tensor[];
  readonly heard: readonly Tensor[];
}

/**
 * Sweeps until no unit of any sample would change, or `steps` are done.
 *
 * The first sweep stands before the loop: a phase that begins where another has settled knows its messages, and units at 0 send none. What a
 * loop has heard last is what its final state sends, unless it ended by the number of steps: only then is it computed once more.
 */
export function settle(plan: Plan, state: State, steps: number, earlyExit: boolean): Settled {
  const { orchestrator, rows, propose, inner } = plan;
  if (steps === 0 || rows.length === 0) return { state, steps: scalar(0, 'int32') };
  const sweep = (before: State, step: Tensor, key: readonly Tensor[]): Going => {
    const heard = new Map<Edge, Tensor>();
    const [own, ...rest] = orchestrator.random ? split(key[0]) : [];
    const swept = orchestrator.sweep(rows, before, (row, now) => propose(row, now, heard), own ?? null);
    return {
      moving: byRow(
        rows,
        rows.map((row) => swept.state[row]),
      ),
      step: add(step, 1),
      changing: earlyExit ? changed(rows, before, swept) : scalar(true, 'bool'),
      key: rest,
      // Zeros made of a state: as a constant they would be as large as it.
      heard: earlyExit ? inner.map((edge) => heard.get(edge) ?? multiply(swept.state[edge.receiver], 0)) : [],
    };
  };
  const first = sweep(state, scalar(0, 'int32'), [plan.key]);
  const last =
    steps === 1
      ? first
      : whileLoop(
          ({ step, changing }: Going) => logicalAnd(changing, less(step, steps)),
          ({ moving: before, step, key }: Going) => sweep({ ...state, ...before }, step, key),
          first,
        );
  const settled = { ...state, ...last.moving };
  if (earlyExit && steps > 1) remember(plan, settled, last);
  return { state: settled, steps: last.step };
}

/** What the layers say at the end: what was heard last where nothing changed any more, else computed. */
function remember({ rows, inner, messages }: Plan, state: State, { changing, heard }: Going): void {
  const said = cond(
    changing,
    (moving: readonly Tensor[]) => inner.map((edge) => messages.of(edge, { ...state, ...byRow(rows, moving) })!),
    () => heard,
    rows.map((row) => state[row]),
  );
  inner.forEach((edge, i) => messages.remember(edge, state, said[i]));
}

const byRow = (rows: readonly number[], states: readonly Tensor[]): State => Object.fromEntries(rows.map((row, i) => [row, states[i]]));

/** Whether any unit would change: two passes over floats, where a comparison of elements takes four and a conversion. */
const changed = (rows: readonly number[], before: State, { proposed }: Sweep): Tensor =>
  rows.map((row) => greater(vectorNorm(difference(proposed[row], before[row]), { ord: 1 }), 0)).reduce(logicalOr);

/** Units that have not begun are not subtracted: the file of an exported network would hold all their zeros. */
const difference = (a: Tensor, b: Tensor): Tensor => (isZero(b) ? a : subtract(a, b));
