/** Numbers of 16 bits: IEEE 754 binary16, to the nearest, ties to even. */

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The bits of the float16 nearest to x; beyond 65504 an infinity. */
export function toFloat16(x: number): number {
  float[0] = x;
  const sign = (bits[0] >>> 16) & 0x8000;
  const rest = bits[0] & 0x7fffffff;
  // NaN keeps a bit of its payload so that it stays one.
  if (rest > 0x7f800000) return sign | 0x7e00;
  if (rest >= 0x47800000) return sign | 0x7c00;
  if (rest < 0x38800000) {
    // Below 2^-14 the steps are 2^-24 wide.
    const steps = Math.abs(float[0]) * 2 ** 24;
    const low = Math.floor(steps);
    const half = steps - low;
    return sign | (low + (half > 0.5 || (half === 0.5 && low % 2 === 1) ? 1 : 0));
  }
  const kept = (rest - 0x38000000) >>> 13;
  const lost = rest & 0x1fff;
  // A carry out of the fraction makes the exponent larger, and the largest of them an infinity.
  return sign | (kept + (lost > 0x1000 || (lost === 0x1000 && kept % 2 === 1) ? 1 : 0));
}

/** The number that the bits of a float16 stand for. */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
