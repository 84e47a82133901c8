// Whether two arrays agree, as the test runner of ONNX has it: |a - b| <= atol + rtol |b| for floats, equality for the rest.

const RTOL = 1e-3;
const ATOL = 1e-7;

/** An infinity has nothing near it. */
const close = (a, b) =>
  a === b || (Number.isNaN(a) && Number.isNaN(b)) || (Number.isFinite(b) && Math.abs(a - b) <= ATOL + RTOL * Math.abs(b));

/** What differs between arrays, or nested lists of them, in words; `undefined` when they agree. */
export function difference(actual, expected) {
  if (Array.isArray(expected) || Array.isArray(actual)) {
    if (!Array.isArray(expected) || !Array.isArray(actual)) return 'a sequence and a tensor';
    if (actual.length !== expected.length) return `${actual.length} elements, not ${expected.length}`;
    return expected.map((value, i) => difference(actual[i], value)).find((text) => text !== undefined);
  }
  if (actual === null || expected === null) return actual === expected ? undefined : 'an optional value that is there and one that is not';
  if (String(actual) !== String(expected)) return `${actual}, not ${expected}`;
  const float = actual.dtype.startsWith('float');
  for (let i = 0; i < actual.data.length; i++) {
    const [a, b] = [actual.data[i], expected.data[i]];
    if (float ? !close(a, b) : a !== b) return `element ${i} is ${a}, not ${b}`;
  }
  return undefined;
}
