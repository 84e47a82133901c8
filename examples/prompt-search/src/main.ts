/** The trainer chooses the instruction and the examples of a prompt. */
import { earlyStopping, lambdaCallback } from '@gradus/callbacks';
import { Trainer } from '@gradus/core';
import { defineProgram, evolutionary, exactMatch, jsonData, splitSamples } from '@gradus/programs';
import { messages } from './messages.js';
import { standIn } from './stand-in.js';

const INSTRUCTIONS = [
  'Name the topic.',
  'Name the topic. Be brief.',
  'Compare the words with those of the examples.',
  'Compare the words with those of the examples; pay no heed to the plural.',
  'Compare the words with those of the examples; leave fillers out.',
  'Compare the words with those of the examples; leave fillers out, pay no heed to the plural.',
];

const program = defineProgram({
  name: 'prompt-search',
  variables: {
    prompt: { schema: { type: 'object', properties: { instruction: { enum: INSTRUCTIONS } } }, value: { instruction: INSTRUCTIONS[0] } },
  },
  run(message: string, { variable }) {
    const { instruction, examples } = variable('prompt');
    return standIn(
      instruction,
      examples.map(({ inputs, outputs }) => ({ message: String(inputs), topic: String(outputs) })),
      message,
    );
  },
  reward: exactMatch(),
});

// What is learned from, what candidates are scored on, and what neither has seen.
const { train: rest, validation: unseen } = splitSamples(messages, { validation: 0.3, seed: 1 });
const { train: known, validation: tune } = splitSamples(rest, { validation: 0.4, seed: 2 });
const whole = { shuffle: false, batchSize: tune.length };

/** Another instruction, or one of the program's own right answers as one more example, in place of the oldest of nine. */
const optimizer = evolutionary<{ instruction: string }>({
  mutate({ examples }, { predictions, seed }) {
    const choice = seed >>> 8;
    if (seed % 3 === 0) return { instruction: INSTRUCTIONS[choice % INSTRUCTIONS.length] };
    const right = predictions.filter(({ reward }) => reward === 1);
    return right.length === 0 ? null : { examples: [...examples, right[choice % right.length]].slice(-9) };
  },
  selectionTemperature: 0.05,
  scoreOn: jsonData(tune, whole),
});

const validationData = jsonData(unseen, { shuffle: false });
const trainer = new Trainer({ model: program, optimizer, seed: 1 });
console.log(`Before    ${(await trainer.evaluate(validationData)).reward.toFixed(3)}`);

const { history, stop } = await trainer.fit(jsonData(known, { batchSize: 10, seed: 1 }), {
  epochs: 60,
  validationData,
  run: false,
  callbacks: [
    lambdaCallback({
      onEpochEnd: (epoch, { val_reward }) =>
        console.log(`Epoch ${String(epoch + 1).padStart(2)}  ${val_reward.toFixed(3)}  ${bar(val_reward)}`),
    }),
    earlyStopping({ monitor: 'val_reward', patience: 10, stopAt: 1, restoreBest: true }),
  ],
});

const { instruction, examples } = program.values(trainer.state.variables).prompt;
console.log(`${history.rows.length} epochs: ${stop.message}`);
console.log(`After     ${(await trainer.evaluate(validationData)).reward.toFixed(3)}`);
console.log(`\n${instruction}`);
for (const { inputs, outputs } of examples) console.log(`  ${inputs} -> ${outputs}`);

function bar(share: number): string {
  return '#'.repeat(Math.round(40 * share));
}
