/** Sorting by keys. */

/** From here on distributing by bytes is faster than comparing. */
const MANY = 512;

/** Positions in the order of their keys, equal ones by position, NaN last either way; -0 equals 0. */
export const stableOrder = (keys: Float64Array, descending: boolean): Int32Array =>
  keys.length < MANY ? byComparison(keys, descending) : byBytes(keys, descending);

function byComparison(keys: Float64Array, descending: boolean): Int32Array {
  const sign = descending ? -1 : 1;
  return Int32Array.from(keys, (_, i) => i).sort((i, j) => {
    const [x, y] = [keys[i], keys[j]];
    if (x < y) return -sign;
    if (x > y) return sign;
    return (x === x) === (y === y) ? i - j : x === x ? -1 : 1;
  });
}

/**
 * Sorts by a byte at a time, the last first, each time in the order that is there already (radix sort; Knuth, The Art of Computer
 * Programming, volume 3, section 5.2.5). The bits of doubles are integers in their order once the sign is turned, and all bits of negative ones.
 */
function byBytes(keys: Float64Array, descending: boolean): Int32Array {
  const n = keys.length;
  let [low, high, order] = [new Uint32Array(n), new Uint32Array(n), new Int32Array(n)];
  let [nextLow, nextHigh, next] = [new Uint32Array(n), new Uint32Array(n), new Int32Array(n)];
  const double = new Float64Array(1);
  // Of machines whose first byte is the lowest, as all are that Node runs on.
  const halves = new Uint32Array(double.buffer);
  for (let i = 0; i < n; i++) {
    double[0] = keys[i] + 0;
    order[i] = i;
    const negative = halves[1] >= 2 ** 31;
    const inverted = negative === descending ? 0 : -1;
    const last = keys[i] !== keys[i] ? -1 : 0;
    low[i] = (halves[0] ^ inverted) | last;
    high[i] = (halves[1] ^ inverted ^ (negative ? 0 : 2 ** 31)) | last;
  }
  const places = new Int32Array(256);
  for (let shift = 0; shift < 64; shift += 8) {
    const [from, at] = shift < 32 ? [low, shift] : [high, shift - 32];
    places.fill(0);
    for (let i = 0; i < n; i++) places[(from[i] >>> at) & 255]++;
    // Numbers of few digits have zeros in common.
    if (places[(from[0] >>> at) & 255] === n) continue;
    for (let byte = 0, start = 0; byte < 256; byte++) [places[byte], start] = [start, start + places[byte]];
    for (let i = 0; i < n; i++) {
      const place = places[(from[i] >>> at) & 255]++;
      nextLow[place] = low[i];
      nextHigh[place] = high[i];
      next[place] = order[i];
    }
    [low, nextLow, high, nextHigh, order, next] = [nextLow, low, nextHigh, high, next, order];
  }
  return order;
}
