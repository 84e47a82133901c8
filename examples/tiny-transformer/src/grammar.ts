/** A small language: sentences with agreement of number, from choices with known probabilities. */
import { randomKey, uniform, type NDArray } from 'gradus';

const ADJECTIVES = ['old', 'small', 'grey', 'quiet', 'happy', 'wise', 'blue', 'tired'];
const NOUNS = ['owl', 'miller', 'sailor', 'goat', 'lamp', 'river', 'baker', 'boat'];
const VERBS = ['follow', 'find', 'hear', 'paint', 'know', 'leave'];
const NEAR = ['near', 'under', 'by'];
const PLACES = ['hill', 'tower', 'ford', 'barn', 'mill'];

/** Picks one of several with equal probability. */
type Pick = <T>(options: readonly T[]) => T;

const YES_OR_NO = [true, false];

function thing(pick: Pick): { text: string; plural: boolean } {
  const plural = pick(YES_OR_NO);
  const article = pick(plural ? ['the', 'two'] : ['the', 'a', 'every']);
  const adjective = pick(YES_OR_NO) ? ` ${pick(ADJECTIVES)}` : '';
  return { text: `${article}${adjective} ${pick(NOUNS)}${plural ? 's' : ''}`.replace(/^a (?=[aeiou])/, 'an '), plural };
}

function sentence(pick: Pick): string {
  const subject = thing(pick);
  const verb = `${pick(VERBS)}${subject.plural ? '' : 's'}`;
  const object = thing(pick);
  const place = pick(YES_OR_NO) ? ` ${pick(NEAR)} the ${pick(PLACES)}` : '';
  return `${subject.text} ${verb} ${object.text}${place}.`;
}

/** No sentence is longer: "every quiet miller follows every quiet sailor under the tower." */
export const LONGEST = 62;

export interface Corpus {
  readonly sentences: readonly string[];
  /** The surprise of all choices together, in nats per letter (a line's end counts as one): no model can do better. */
  readonly entropy: number;
}

/** The most choices that a sentence takes. */
const CHOICES = 12;

/** `n` sentences from `seed`. */
export function corpus(n: number, seed: number): Corpus {
  const drawn = (uniform(randomKey(seed), [n, CHOICES]) as NDArray).data;
  let nats = 0;
  const sentences = Array.from({ length: n }, (_, i) => {
    let next = i * CHOICES;
    return sentence((options) => {
      nats += Math.log(options.length);
      return options[Math.floor(Number(drawn[next++]) * options.length)];
    });
  });
  return { sentences, entropy: nats / sentences.reduce((sum, { length }) => sum + length + 1, 0) };
}

const oneOf = (words: readonly string[], ending = ''): string => `(?:${words.join('|')})${ending}`;
const noun = (number: 's' | ''): string =>
  `(?:${number === 's' ? 'the|two' : 'the|every|a(?! [aeiou])|an(?= [aeiou])'})(?: ${oneOf(ADJECTIVES)})? ${oneOf(NOUNS, number)}`;
const place = `(?: ${oneOf(NEAR)} the ${oneOf(PLACES)})?`;
const form = (subject: 's' | '', verb: 's' | ''): string =>
  `${noun(subject)} ${oneOf(VERBS, verb)} (?:${noun('s')}|${noun('')})${place}\\.`;
const SENTENCE = new RegExp(`^(?:${form('s', '')}|${form('', 's')})$`);

/** Whether the grammar has this sentence. */
export const isSentence = (text: string): boolean => SENTENCE.test(text);
