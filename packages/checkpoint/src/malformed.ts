/** What a decoder says of content that it cannot take. Whoever knows the file makes a coded error of it. */
export class Malformed extends Error {
  /** Set where the content is sound, but an array has an element type that is none of ours. */
  readonly unknownDType: boolean;

  constructor(reason: string, { unknownDType = false, cause }: { readonly unknownDType?: boolean; readonly cause?: unknown } = {}) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = 'Malformed';
    this.unknownDType = unknownDType;
  }
}

/** JSON from bytes, of any depth. @throws Malformed for bytes that are no UTF-8, and for text that is no JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new Malformed(`no JSON: ${(error as Error).message}`, { cause: error });
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
