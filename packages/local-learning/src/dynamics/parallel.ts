import type { Orchestrator } from './orchestrator.js';

/**
 * All layers at once, from the state before (Jacobi). Two layers that drive each other can change places for ever: then the dynamics run all
 * of their steps.
 */
export const parallel = (): Orchestrator => ({
  name: 'parallel',
  random: false,
  sweep(rows, state, propose) {
    const next = { ...state, ...Object.fromEntries(rows.map((row) => [row, propose(row, state)])) };
    return { state: next, proposed: next };
  },
});
