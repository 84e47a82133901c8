/** The names under which numbers are logged, and what their steps count. */

/** `batch`: optimizer steps, from 1. `epoch`: epochs, from 0. `system`: looks at the machine, from 0. */
export type Series = 'batch' | 'epoch' | 'system';

const PREFIXED = /^(batch|system)\//;

/** The series that a name belongs to: that of epochs has no prefix. */
export const seriesOf = (key: string): Series => (PREFIXED.exec(key)?.[1] as Series | undefined) ?? 'epoch';
