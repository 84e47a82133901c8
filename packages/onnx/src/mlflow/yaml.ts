/** The little YAML that a model folder needs: nested records, lists, text, numbers. */

export type Yaml = null | boolean | number | string | readonly Yaml[] | { readonly [name: string]: Yaml };

/** Text that YAML would read as anything but itself, or that its syntax would take apart. */
const AMBIGUOUS = /^$|^[\s\-?:,[\]{}#&*!|>'"%@`]|[:#](\s|$)|\s$|[\n\r\t]|^(null|~|true|false|yes|no|on|off|[.\d+-].*)$/i;

const text = (value: string): string => {
  if (!AMBIGUOUS.test(value)) return value;
  // In double quotes JSON's escapes are YAML's.
  return /[\n\r\t]/.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
};

const isNested = (value: Yaml): value is readonly Yaml[] | { readonly [name: string]: Yaml } =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** A value as lines, nested by two spaces. */
export function yaml(value: Yaml, indent = ''): string {
  if (!isNested(value)) return `${scalar(value)}\n`;
  const lines = Object.entries(value).map(([key, own]) => {
    const head = Array.isArray(value) ? '-' : `${text(key)}:`;
    return isNested(own) ? `${indent}${head}\n${yaml(own, `${indent}  `)}` : `${indent}${head} ${scalar(own)}\n`;
  });
  return lines.join('');
}

function scalar(value: Yaml): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return String(value);
}
