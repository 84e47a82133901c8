/** Text as tokens, as answers to questions are compared: Rajpurkar et al., "SQuAD" (2016). */

/** Words that carry no answer. */
const FILLERS = /\b(?:a|an|the|of|is)\b/g;

/** The punctuation of ASCII. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** Lower case, without fillers and punctuation, cut at white space. */
export const tokensOf = (text: string): string[] =>
  text.toLowerCase().replace(FILLERS, '').replace(PUNCTUATION, '').split(/\s+/).filter(Boolean);

/** How often each token occurs. */
export function countTokens(tokens: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
