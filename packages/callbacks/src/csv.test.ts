import { describe, expect, it } from 'vitest';
import { formatRecord, parseRecords } from './csv.js';

describe('a CSV record', () => {
  it.each([
    [['a', 'b'], ',', 'a,b\n'],
    [['a,b', 'say "hi"', 'two\nlines', 'cr\r', ''], ',', '"a,b","say ""hi""","two\nlines","cr\r",\n'],
    [['a,b', 'c;d'], ';', 'a,b;"c;d"\n'],
    [['[1,2]'], '\t', '[1,2]\n'],
  ])('%j with %j', (cells, separator, text) => {
    expect(formatRecord(cells, separator)).toBe(text);
    expect(parseRecords(text, separator)).toEqual({ records: [cells], ended: true });
  });

  it('comes back whatever is in it', () => {
    const parts = ['"', ',', '\n', '\r', 'x', '', '""', '\r\n'];
    for (let code = 0; code < parts.length ** 3; code++) {
      const cells = [0, 1, 2].map((k) => parts[Math.floor(code / parts.length ** k) % parts.length]);
      const pair = [cells.join(''), cells[1] + cells[0]];
      expect(parseRecords(formatRecord(pair, ','), ',').records).toEqual([pair]);
    }
  });
});

describe('reading', () => {
  it.each([
    ['line ends of Windows, a byte order mark', '\ufeffa,b\r\n1,2\r\n', [['a', 'b'], ['1', '2']], true],
    ['no last line end', 'a,b\n1,2', [['a', 'b'], ['1', '2']], false],
    ['cut off inside quotes', 'a,b\n1,"2', [['a', 'b'], ['1', '2']], false],
    ['a last cell that is empty', 'a,b\n1,', [['a', 'b'], ['1', '']], false],
    ['nothing', '', [], true],
    ['a quote in the middle', 'a"b,c\n', [['a"b', 'c']], true],
    ['text behind a quoted part', '"a"b,c\n', [['ab', 'c']], true],
  ])('%s', (_name, text, records, ended) => expect(parseRecords(text, ',')).toEqual({ records, ended }));
});
