/** The little YAML of MLflow's `meta.yaml`: one scalar to a line. */

export type Scalar = string | number | boolean | null | Readonly<Record<string, string>>;

/** Keys in the order of the alphabet, as MLflow writes them. Texts are JSON texts, which are YAML too but for a few characters. */
export const writeYaml = (values: Readonly<Record<string, Scalar>>): string =>
  Object.keys(values)
    .sort()
    .map((key) => `${key}: ${escaped(JSON.stringify(values[key]))}\n`)
    .join('');

/** What YAML takes for the end of a line, or for no character at all. */
const escaped = (json: string): string =>
  json.replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The texts of the scalars; what is nested is left out. */
export function readYaml(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  // A long text goes on in indented lines.
  const whole = text.replace(/\\?\r?\n[ \t]+\\?/g, (fold) => (fold.startsWith('\\') ? '' : ' '));
  for (const line of whole.split('\n')) {
    const [, key, value] = /^([\w.-]+):[ \t]*([^]*?)[ \t\r]*$/.exec(line) ?? [];
    if (key !== undefined) values[key] = unquoted(value);
  }
  return values;
}

/** The escapes of YAML that JSON has not. */
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  e: '\x1b',
  v: '\v',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

function unquoted(value: string): string {
  if (value.startsWith("'")) return value.slice(1, -1).replaceAll("''", "'");
  if (!value.startsWith('"')) return value;
  return value
    .slice(1, -1)
    .replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/g, (_, x?: string, u?: string, long?: string, letter = '') => {
      const code = x ?? u ?? long;
      if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
      return ESCAPES[letter] ?? { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[letter as string] ?? letter;
    });
}
