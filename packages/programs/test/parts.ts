/** Small programs, and a trainer's side of a proposer without a trainer. */
import type { Batch, Emit, ModelContext, ProposalContext, Proposer, Scored, Variables } from '@gradus/core';
import { foldIn, randomKey, type NDArray } from '@gradus/graph';
import type { jsonData } from '../src/index.js';
import { defineProgram, exactMatch, type Program, type Prediction, type Sample, type Trainable } from '../src/index.js';

/** Answers with `x + n`. */
export const adder = (n = 0) =>
  defineProgram({
    name: 'adder',
    variables: { plus: { schema: { type: 'object', properties: { n: { type: 'integer' } } }, value: { n } } },
    run: ({ x }: { x: number }, { variable }) => ({ y: x + variable('plus').n }),
    reward: exactMatch(),
  });

/** Samples of `y = x + n`. */
export const sums = (count: number, n: number): Sample[] =>
  Array.from({ length: count }, (_, x) => ({ input: { x }, target: { y: x + n } }));

/** Knows an answer only if it was shown it, or if the input is small: so that the choice of examples is all there is to it. */
export const parrot = defineProgram({
  name: 'parrot',
  variables: { memory: { schema: { type: 'object', properties: {} } } },
  run(x: number, { variable }) {
    const { examples } = variable('memory');
    return x < 4 ? x : (examples.find(({ inputs }) => inputs === x)?.outputs ?? null);
  },
  reward: exactMatch(),
});

export const contextOf = (key: NDArray = randomKey(0), emit: Emit | null = null): ModelContext => ({
  key,
  training: true,
  buffers: {},
  variables: {},
  emit,
});

export const asTrainable = (variables: Variables, name: string): Trainable => variables[name] as Trainable;

export const prediction = (inputs: Prediction['inputs'], reward: number | null, outputs: Prediction['outputs'] = inputs): Prediction => ({
  inputs,
  outputs,
  reward,
});

/** What a trainer does with a proposer, without hooks, history and validation. */
export class Driver {
  variables: Variables;
  step = 0;
  readonly scored: Scored[] = [];
  /** Batches that were asked about, step by step. */
  readonly asked: Batch[][] = [];
  readonly #program: Program;
  readonly #proposer: Proposer;
  readonly #seed: number;

  constructor(program: Program, proposer: Proposer, seed = 0) {
    this.#program = program;
    this.#proposer = proposer;
    this.#seed = seed;
    this.variables = program.variables();
  }

  async propose(batch: Batch, epoch: number, firstOfEpoch: boolean): Promise<void> {
    const key = foldIn(randomKey(this.#seed), this.step);
    const asked: Batch[] = [];
    const context: ProposalContext = {
      model: this.#program,
      batch,
      key,
      epoch,
      step: this.step++,
      firstOfEpoch,
      hyperparameters: {},
      reward: async (variables, other = batch) => {
        asked.push(other);
        return this.#program.reward!(variables, other, contextOf(key));
      },
    };
    const { variables, scored } = await this.#proposer.propose(this.variables, context);
    this.variables = variables;
    this.scored.push(scored);
    this.asked.push(asked);
  }

  async endEpoch(epoch: number): Promise<void> {
    this.variables = await this.#proposer.endEpoch!(this.variables, { epoch, key: randomKey(epoch) });
  }

  async train(data: ReturnType<typeof jsonData>, epochs: number): Promise<this> {
    for (let epoch = 0; epoch < epochs; epoch++) {
      let first = true;
      for (const batch of data.batches(epoch)) {
        await this.propose(batch, epoch, first);
        first = false;
      }
      await this.endEpoch(epoch);
    }
    return this;
  }
}
