/** Tables as text by RFC 4180: cells quoted where they must be, lines ended by LF. */

/** One line with its end. */
export function formatRecord(cells: readonly string[], separator: string): string {
  const quoted = cells.map((cell) => (cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(separator)}\n`;
}

export interface Records {
  readonly records: string[][];
  /** Whether the last one has its line end: a write that was cut off has none. */
  readonly ended: boolean;
}

/** Reads any text: LF or CRLF, with or without a byte order mark. A quote in the middle of a cell stands for itself. */
export function parseRecords(text: string, separator: string): Records {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let quoted = false;
  let begun = false;
  const endCell = (): void => {
    record.push(cell);
    cell = '';
    quoted = false;
  };
  let i = text.startsWith('\ufeff') ? 1 : 0;
  for (; i < text.length; i++) {
    const char = text[i];
    begun = true;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === separator) endCell();
    else if (char === '\n' || (char === '\r' && text[i + 1] === '\n')) {
      if (char === '\r') i++;
      endCell();
      records.push(record);
      record = [];
      begun = false;
    } else cell += char;
  }
  if (begun) {
    endCell();
    records.push(record);
  }
  return { records, ended: !begun };
}
