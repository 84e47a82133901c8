/** The little YAML of MLflow's `meta.yaml`: one scalar to a line. */

export type Scalar = string | number | boolean | null | Readonly<Record<string, string>>;

/** Keys in the order of the alphabet, as MLflow writes them. Texts are JSON texts, which are YAML too. */
export const writeYaml = (values: Readonly<Record<string, Scalar>>): string =>
  Object.keys(values)
    .sort()
    .map((key) => `${key}: ${JSON.stringify(values[key])}\n`)
    .join('');

/** The texts of the scalars; what is nested is left out. */
export function readYaml(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  // A long text goes on in indented lines.
  const whole = text.replace(/\\?\r?\n[ \t]+\\?/g, (fold) => (fold.startsWith('\\') ? '' : ' '));
  for (const [, key, value] of whole.matchAll(/^([\w.-]+):[ \t]*(.*?)[ \t\r]*$/gm)) values[key] = unquoted(value);
  return values;
}

function unquoted(value: string): string {
  if (value.startsWith("'")) return value.slice(1, -1).replaceAll("''", "'");
  if (!value.startsWith('"')) return value;
  try {
    // YAML has a few escapes that JSON has not.
    return JSON.parse(
      value
        .replace(/\\x([0-9a-f]{2})/gi, '\\u00$1')
        .replace(/\\(e|0| )/g, (_, code: string) => ({ e: '\\u001b', '0': '\\u0000', ' ': ' ' })[code]!),
    ) as string;
  } catch {
    return value.slice(1, -1);
  }
}
