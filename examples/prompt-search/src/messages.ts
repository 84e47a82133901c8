/** Messages to a shop: a greeting, what it is about in two words, a goodbye. */
import type { Sample } from '@gradus/programs';

const TOPICS = {
  billing: ['invoice', 'charge', 'refund', 'payment', 'price', 'receipt'],
  shipping: ['parcel', 'courier', 'delivery date', 'tracking', 'package', 'address'],
  account: ['password', 'login', 'profile', 'username', 'email', 'setting'],
};

const FRAMES = [
  (a: string, b: string) => `Hello, I have a question about the ${a} and the ${b}, thank you.`,
  (a: string, b: string) => `Please help me with my ${a}, I think that the ${b} is wrong!`,
  (a: string, b: string) => `What is this? There are two ${a}s and the ${b} that I see is not mine.`,
  (a: string, b: string) => `I would like to change the ${b} and see all ${a}s, please.`,
];

/** Every two words of a topic, in turn in one of the frames: 90 messages. */
export const messages: readonly Sample[] = Object.entries(TOPICS).flatMap(([topic, words]) =>
  words.flatMap((a, i) => words.filter((b) => b !== a).map((b, j) => ({ input: FRAMES[(i + j) % FRAMES.length](a, b), target: topic }))),
);
