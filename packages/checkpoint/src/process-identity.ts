/** Which process: its id alone does not tell, since ids are used again. */
import { readFileSync } from 'node:fs';

/** The state and the start of a process, as Linux tells them; `null` on other systems, and where there is no such process. */
function statusOf(pid: number): { readonly state: string; readonly started: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may hold anything. Field 3 is the state, 22 the start.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], started: fields[19] };
  } catch {
    return null;
  }
}

/** When a process started, in ticks since its machine did; `null` where the system does not tell (on anything but Linux). */
export const startOf = (pid: number): string | null => statusOf(pid)?.started ?? null;

/**
 * Whether a process of this machine runs.
 * @param started What `startOf` gave: another process that got the same id later does not count. Default: any process of that id does.
 */
export function isRunning(pid: number, started: string | null = null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, for another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const status = statusOf(pid);
  // A zombie has ended; nobody has asked how.
  return status === null || (status.state !== 'Z' && (started === null || status.started === started));
}
