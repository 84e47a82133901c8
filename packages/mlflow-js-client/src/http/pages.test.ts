import { expect, it } from 'vitest';
import { pages, toArray, type Page } from './pages.js';

const book: Page<number>[] = [{ items: [1, 2], token: 'b' }, { items: [], token: 'c' }, { items: [3], token: '' }];
const read = (asked: (string | undefined)[]) => (token: string | undefined) => {
  asked.push(token);
  return Promise.resolve(book[['', 'b', 'c'].indexOf(token ?? '')]);
};

it('all items of all pages, an empty one among them', async () => {
  const asked: (string | undefined)[] = [];
  expect(await toArray(pages(read(asked)))).toEqual([1, 2, 3]);
  expect(asked).toEqual([undefined, 'b', 'c']);
});

it('no page more than is needed', async () => {
  const asked: (string | undefined)[] = [];
  expect(await toArray(pages(read(asked)), 2)).toEqual([1, 2]);
  expect(await toArray(pages(read(asked)), 0)).toEqual([]);
  expect(asked).toEqual([undefined]);
});

it('a server that promises the same next page for ever is found out', async () => {
  const endless = pages(() => Promise.resolve({ items: [], token: 'same' }));
  await expect(toArray(endless)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE', received: "page token 'same'" });
});
