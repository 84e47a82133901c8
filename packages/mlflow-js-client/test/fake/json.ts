/** MLflow's JSON as its protobuf reader takes it: the first value of a wrong type ends the reading, silently. */

export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const invalid = (message: string): Refused => new Refused(400, 'INVALID_PARAMETER_VALUE', message);
export const missing = (message: string): Refused => new Refused(404, 'RESOURCE_DOES_NOT_EXIST', message);

/** Marks where reading stopped. */
class ParseError extends Error {}

/** How a field is read: a scalar, or a list of messages. */
export type Field = 'text' | 'int' | 'double' | 'texts' | { readonly [name: string]: Field };

const isText = (value: unknown): value is string => typeof value === 'string' && !/\p{Surrogate}/u.test(value);

function scalar(kind: 'text' | 'int' | 'double', value: unknown): unknown {
  if (kind === 'text' && isText(value)) return value;
  if (kind === 'int' && (Number.isSafeInteger(value) || (isText(value) && /^-?\d+$/.test(value)))) return Number(value);
  if (kind === 'double') {
    if (typeof value === 'boolean') return Number(value);
    if (typeof value === 'number') return value;
    if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  }
  throw new ParseError();
}

function readInto(target: Record<string, unknown>, source: Record<string, unknown>, fields: Readonly<Record<string, Field>>): void {
  for (const [name, value] of Object.entries(source)) {
    const field = fields[name];
    // JSON null is "not there" for protobuf.
    if (field === undefined || value === null) continue;
    if (field === 'texts') target[name] = (Array.isArray(value) ? value : [value]).map((item) => scalar('text', item));
    else if (typeof field === 'string') target[name] = scalar(field, value);
    else {
      if (!Array.isArray(value)) throw new ParseError();
      const list: Record<string, unknown>[] = [];
      target[name] = list;
      for (const item of value as Record<string, unknown>[]) {
        const message: Record<string, unknown> = {};
        list.push(message);
        readInto(message, item, field);
      }
    }
  }
}

/** The message up to the first value of a wrong type; the rest of the request is lost and nobody is told. */
export function read(source: Record<string, unknown>, fields: Readonly<Record<string, Field>>): Record<string, never> {
  const target: Record<string, unknown> = {};
  try {
    readInto(target, source, fields);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  return target as Record<string, never>;
}
