/** Text from a model of letters: a letter is drawn from what the model expects next and appended, again and again. */
import { asarray, categorical, divide, foldIn, randomKey, slice, type NDArray, type Trainer } from 'gradus';
import { LETTERS } from './letters.js';

export interface WriteOptions {
  readonly count: number;
  /** How many letters the model reads at once, and so the longest sentence. */
  readonly length: number;
  /** 1 draws letters with the probabilities of the model; less prefers the probable ones. */
  readonly temperature: number;
  readonly seed: number;
}

/** Sentences that the model writes, all of them at the same time. One that does not end within `length` is cut there. */
export async function write(trainer: Trainer, { count, length, temperature, seed }: WriteOptions): Promise<string[]> {
  // Every row begins with a line's end. So does what is not written yet, but no letter sees what comes after it.
  const ids = new Int32Array(count * length);
  for (let at = 0; at + 1 < length; at++) {
    const logits = (await trainer.predict({ x: asarray(ids, { shape: [count, length] }) })) as NDArray;
    const next = slice(logits, [{}, { start: at, stop: at + 1 }]);
    const drawn = categorical(foldIn(randomKey(seed), at), divide(next, temperature)) as NDArray;
    drawn.data.forEach((id, row) => (ids[row * length + at + 1] = Number(id)));
  }
  return Array.from({ length: count }, (_, row) => {
    const text = Array.from(ids.subarray(row * length + 1, (row + 1) * length), (id) => LETTERS[id]).join('');
    return text.split('\n')[0];
  });
}
