/** Which process does something with a run, so that others can tell whether it still lives. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Writer {
  readonly host: string;
  readonly pid: number;
  /** Tells a process from a later one of the same number. */
  readonly started: string;
}

/** This process. */
export const ownWriter = (): Writer => ({ host: hostname(), pid: process.pid, started: startOf(process.pid) });

/** A process on another machine cannot be asked: it counts as alive. */
export function isAlive({ host, pid, started }: Writer): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === started;
}

/** When a process started, in ticks since the boot; where the system does not tell, all processes look the same. */
function startOf(pid: number): string {
  try {
    // The name, in parentheses, may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
  } catch {
    return '';
  }
}
