/** What goes wrong on the way to a server, and behind it. */

/** A request as a fault sees it. */
export interface Seen {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Counts requests from 1. */
  readonly number: number;
}

/** An answer in place of the server's own. */
export interface Reply {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `before` the server does its work, or `after`: the work is done and only the answer is lost or another. */
export interface Fault {
  readonly when: 'before' | 'after';
  /** `close`: the connection breaks. `hang`: no answer ever. */
  readonly what: 'close' | 'hang' | Reply;
}

/** Decides for each request; the first that answers counts. */
export type Faulty = (seen: Seen) => Fault | undefined;

/** The fault for the next `times` requests whose path ends so. */
export function next(path: string, fault: Fault, times = 1): Faulty {
  let left = times;
  return (seen) => (seen.path.endsWith(path) && left-- > 0 ? fault : undefined);
}
