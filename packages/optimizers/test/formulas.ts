/** The arithmetic of optimizers in plain float64, as the papers write it: what the conformance table works its numbers out with. */

/** The update of one parameter in plain float64 arithmetic; a fresh one per parameter, called once per step t = 1, 2, ... */
export type Formula = () => (g: readonly number[], p: readonly number[], t: number) => readonly number[];

export const RATE = 0.1;

/** Each element by itself: `make` gives the direction of one. */
export const elementwise =
  (make: () => (g: number, p: number, t: number) => number): Formula =>
  () => {
    const elements: ReturnType<typeof make>[] = [];
    return (g, p, t) => g.map((x, i) => -RATE * (elements[i] ??= make())(x, p[i], t));
  };

/** A mean that starts at `start`. */
export function running(decay: number, start = 0): (x: number) => number {
  let mean = start;
  return (x) => (mean = decay * mean + (1 - decay) * x);
}

/** As the papers write it: both means corrected first, then divided. */
export function adam({ b1 = 0.9, b2 = 0.999, eps = 1e-8, nesterov = false } = {}): (g: number, t: number) => number {
  const [mean, square] = [running(b1), running(b2)];
  return (g, t) => {
    const [m, v] = [mean(g), square(g * g)];
    const first = nesterov ? (b1 * m) / (1 - b1 ** (t + 1)) + ((1 - b1) * g) / (1 - b1 ** t) : m / (1 - b1 ** t);
    return first / (Math.sqrt(v / (1 - b2 ** t)) + eps);
  };
}

export function adamax(): (g: number, t: number) => number {
  const mean = running(0.9);
  let largest = 0;
  return (g, t) => {
    largest = Math.max(Math.abs(g) + 1e-8, 0.999 * largest);
    return mean(g) / (1 - 0.9 ** t) / largest;
  };
}

export const norm = (x: readonly number[]): number => Math.hypot(...x);
export const rms = (x: readonly number[]): number => norm(x) / Math.sqrt(x.length);

/** What a step of LARS or LAMB is multiplied by. */
export const trust = (p: readonly number[], u: readonly number[]): number => (norm(p) === 0 || norm(u) === 0 ? 1 : norm(p) / norm(u));
