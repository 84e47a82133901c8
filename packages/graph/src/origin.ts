/** Where in the user's code something was made. */

/** Frames to look through: layers call layers. */
const DEPTH = 50;

/** Takes the stack as it is; V8 writes it out only when somebody reads it. */
export function captureOrigin(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const origin = new Error('origin');
  Error.stackTraceLimit = limit;
  return origin;
}

/** Packages of Gradus where they are installed, Node's own modules, and the packages beside this one in Gradus' repository. */
const installed = /[\\/]node_modules[\\/](@gradus|gradus)[\\/]|^node:/;
const siblings = decodeURIComponent(new URL('../../', import.meta.url).pathname);
const isOwn = (path: string): boolean =>
  installed.test(path) ||
  // Tests beside sources are users of them.
  (path.startsWith(siblings) && /^[^/]+\/(src|dist)\//.test(path.slice(siblings.length)) && !/\.test\.[cm]?[jt]s$/.test(path));

/** `file:line:column` of the innermost frame outside of Gradus, or `null`. */
export function userLine(origin: Error): string | null {
  for (const frame of (origin.stack ?? '').split('\n').slice(1)) {
    const match = /((?:file:\/\/|node:|[\\/]|[A-Za-z]:[\\/])[^()]*):(\d+):(\d+)\)?$/.exec(frame.trim());
    if (match === null) continue;
    const path = match[1].startsWith('file://') ? decodeURIComponent(new URL(match[1]).pathname) : match[1];
    if (!isOwn(path)) return `${path}:${match[2]}:${match[3]}`;
  }
  return null;
}

/** The user's line that is being executed. */
export const currentLine = (): string | null => userLine(captureOrigin());
