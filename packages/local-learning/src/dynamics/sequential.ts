import type { Orchestrator, State } from './orchestrator.js';

/**
 * Layer after layer, ascending: each sees the new states of those before it, and all units of a layer change at once (Gauss-Seidel between
 * layers, Jacobi within).
 */
export const sequential = (): Orchestrator => ({
  name: 'sequential',
  random: false,
  sweep(rows, state, propose) {
    const next = rows.reduce((now: State, row) => ({ ...now, [row]: propose(row, now) }), state);
    return { state: next, proposed: next };
  },
});
