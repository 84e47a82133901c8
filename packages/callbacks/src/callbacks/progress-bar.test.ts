import { playRun, fakeTrainContext } from '@gradus/testing';
import type { Logs } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { progressBar, type ProgressBarOptions } from './progress-bar.js';

/** A terminal of one cursor and unlimited rows: enough to see what a reader sees. */
class Screen {
  readonly isTTY: boolean;
  columns: number;
  raw: string[] = [];
  #rows: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns = 100, isTTY = true) {
    this.columns = columns;
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.raw.push(text);
    for (const token of text.match(/\x1b\[\d*[A-Z]|[\s\S]/gu) ?? []) this.#put(token);
  }

  get lines(): string[] {
    return this.#rows.map((row) => row.trimEnd());
  }

  #put(token: string): void {
    if (token === '\r') this.#column = 0;
    else if (token === '\n') [this.#row, this.#column] = [this.#row + 1, 0];
    else if (token.endsWith('A') && token.length > 1) this.#row -= Number(token.slice(2, -1));
    else if (token === '\x1b[J') {
      this.#rows.length = this.#row + 1;
      this.#rows[this.#row] = this.#rows[this.#row].slice(0, this.#column);
    } else if (token.length > 1 && token.startsWith('\x1b')) throw new Error(`the screen does not know ${JSON.stringify(token)}`);
    else {
      if (this.#column === this.columns) [this.#row, this.#column] = [this.#row + 1, 0];
      const row = (this.#rows[this.#row] ?? '').padEnd(this.#column);
      this.#rows[this.#row] = row.slice(0, this.#column) + token + row.slice(this.#column + 1);
      this.#column++;
    }
    while (this.#rows.length <= this.#row) this.#rows.push('');
  }

  /** As terminals do it: long rows wrap anew, the cursor stays behind the last row's text. */
  resize(columns: number): void {
    this.columns = columns;
    const last = this.#rows.pop()!;
    const parts = last.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''];
    this.#rows.push(...parts);
    this.#row = this.#rows.length - 1;
    this.#column = parts.at(-1)!.length;
  }
}

/** A bar on a screen, with a clock that `stepMs` moves at each step. */
function setUp({ screen = new Screen(), stepMs = 100, env = {}, ...options }: ProgressBarOptions & { screen?: Screen; stepMs?: number } = {}) {
  let now = 5000;
  const bar = progressBar({ stream: screen, clock: () => now, env, ...options });
  const clock = { name: 'clock', onTrainBatchBegin: () => void (now += stepMs) };
  return { screen, bar, clock, advance: (ms: number) => (now += ms) };
}

const logs: Logs[] = [
  { loss: 0.51239, accuracy: 0.9 },
  { loss: 0.2, accuracy: 0.95, val_loss: 0.00012346 },
];

describe('in a terminal', () => {
  it('leaves one line per epoch, with its time and its means', async () => {
    const { screen, bar, clock } = setUp();
    await playRun([clock, bar], { logs });
    expect(screen.lines).toEqual([
      'Epoch 1/2  ████████████████████████  4/4  10 steps/s  0.4s  loss 0.5124  accuracy 0.9000',
      'Epoch 2/2  ████████████████  4/4  10 steps/s  0.4s  loss 0.2000  accuracy 0.9500  val_loss 1.235e-4',
      '',
    ]);
  });

  it('shows how far the epoch is, the time left in the run and the metrics of the step', async () => {
    const { screen, bar, clock } = setUp();
    const seen: string[] = [];
    await playRun([clock, bar, { name: 'look', onTrainBatchEnd: () => void seen.push(screen.lines.at(-1)!) }], { logs });
    expect(seen.slice(0, 2)).toEqual([
      'Epoch 1/2  ██████░░░░░░░░░░░░░░░░░░  1/4  10 steps/s  0.7s left  loss 0.5124  accuracy 0.9000',
      'Epoch 1/2  ████████████░░░░░░░░░░░░  2/4  10 steps/s  0.6s left  loss 0.5124  accuracy 0.9000',
    ]);
    expect(seen).toHaveLength(8);
  });

  it('says that it validates', async () => {
    const { screen, bar, clock, advance } = setUp();
    const seen: string[] = [];
    const slow = { name: 'slow', onTrainBatchEnd: () => void advance(60), onTestEnd: () => void seen.push(screen.lines.at(-1)!) };
    await playRun([clock, bar, slow], { logs: [logs[1]] });
    expect(seen[0]).toMatch(/^Epoch 1\/1 .* 4\/4 .* validating {2}loss 0\.2000/);
  });

  it('shows the metrics that it is asked for, in their order, and knows those that there are', async () => {
    const { screen, bar, clock } = setUp({ metrics: ['val_loss', 'loss'] });
    const seen: string[] = [];
    await playRun([clock, bar, { name: 'look', onTrainBatchEnd: () => void seen.push(screen.lines.at(-1)!) }], { logs });
    expect(seen[0]).toMatch(/0\.7s left {2}loss 0\.5124$/);
    expect(screen.lines[1]).toMatch(/0\.4s {2}val_loss 1\.235e-4 {2}loss 0\.2000$/);
    const { bar: wrong } = setUp({ metrics: ['loss', 'acuracy'] });
    expect(() => wrong.check!(fakeTrainContext({ metrics: { loss: { direction: 'min' }, accuracy: { direction: 'max' } } }))).toThrow(/'acuracy'.*accuracy.*UNKNOWN_METRIC/);
  });

  it('draws at most every 50 ms', async () => {
    const { screen, bar, clock } = setUp({ stepMs: 10 });
    const context = fakeTrainContext({ epochs: 1, stepsPerEpoch: 100 });
    await playRun([clock, bar], { logs: [logs[0]], context });
    // One second: 20 drawings, and the end of the line.
    expect(screen.raw.filter((text) => text.includes('Epoch')).length).toBeLessThanOrEqual(21);
    expect(screen.raw.filter((text) => text.includes('Epoch')).length).toBeGreaterThanOrEqual(19);
  });

  it('does not let short epochs scroll by, but keeps the last', async () => {
    const { screen, bar, clock } = setUp({ stepMs: 1 });
    const context = fakeTrainContext({ epochs: 100, stepsPerEpoch: 1 });
    const foreign: boolean[] = [];
    const look = { name: 'look', onEpochEnd: () => void foreign.push(screen.lines.at(-1) === '') };
    await playRun([clock, bar, look], { logs: Array.from({ length: 100 }, (_, i) => ({ loss: i })), context });
    expect(screen.lines.map((line) => line.slice(0, 13))).toEqual(['Epoch   1/100', 'Epoch  51/100', 'Epoch 100/100', '']);
    expect(screen.lines[2]).toMatch(/loss 99\.00$/);
    // Whatever another callback prints at an epoch's end has a line to itself.
    expect(foreign).toEqual(Array(100).fill(true));
  });

  it('fits the width: the bar shrinks, then goes, then the metrics', async () => {
    const at = async (columns: number): Promise<string> => {
      const { screen, bar, clock } = setUp({ screen: new Screen(columns) });
      await playRun([clock, bar], { logs: [logs[1]] });
      expect(screen.lines).toHaveLength(2);
      expect(screen.lines[0].length).toBeLessThan(columns);
      return screen.lines[0];
    };
    expect(await at(92)).toMatch(/^Epoch 1\/1 {2}█{8} {2}4\/4/);
    expect(await at(91)).toBe('Epoch 1/1  4/4  10 steps/s  0.4s  loss 0.2000  accuracy 0.9500  val_loss 1.235e-4');
    expect(await at(80)).toBe('Epoch 1/1  4/4  10 steps/s  0.4s  loss 0.2000  accuracy 0.9500  …');
    expect(await at(50)).toBe('Epoch 1/1  4/4  10 steps/s  0.4s  loss 0.2000  …');
    expect(await at(40)).toBe('Epoch 1/1  4/4  10 steps/s  0.4s  …');
    expect(await at(20)).toBe('Epoch 1/1  4/4  …');
  });

  it('survives a terminal that gets narrower: nothing of the old line stays', async () => {
    const { screen, bar, clock } = setUp({ screen: new Screen(100) });
    const shrink = { name: 'shrink', onTrainBatchEnd: (batch: number) => void (batch === 1 && screen.resize(30)) };
    await playRun([clock, bar, shrink], { logs: [logs[0]] });
    expect(screen.lines).toEqual(['Epoch 1/1  4/4  10 steps/s  …', '']);
  });

  it('ends its line and says why when the run was stopped', async () => {
    const stopped = setUp();
    const stop = { name: 'enough', onEpochEnd: (_e: number, _l: Logs, context: { stop(m: string): void }) => context.stop('that will do.') };
    await playRun([stopped.clock, stopped.bar, stop], { logs });
    expect(stopped.screen.lines.slice(1)).toEqual(['Stopped by enough in epoch 1/2: that will do.', '']);

    const interrupted = setUp();
    await playRun([interrupted.clock, interrupted.bar], { logs, ending: { as: 'interrupted', epoch: 1, batch: 1 } });
    expect(interrupted.screen.lines[1]).toMatch(/^Epoch 2\/2 .* 2\/4 /);
    expect(interrupted.screen.lines.slice(2)).toEqual(['Stopped in epoch 2/2: SIGINT', '']);
  });

  it('leaves the line where a run failed', async () => {
    const { screen, bar, clock } = setUp();
    await playRun([clock, bar], { logs, ending: { as: 'failed', epoch: 1, batch: 1 } });
    expect(screen.lines[1]).toMatch(/^Epoch 2\/2 .* 2\/4 /);
    expect(screen.lines.slice(2)).toEqual(['']);
  });

  it('stays silent outside of training', () => {
    const { screen, bar } = setUp();
    const context = fakeTrainContext();
    void bar.onTestBegin!(context);
    expect(screen.raw).toEqual([]);
  });
});

describe('elsewhere', () => {
  const plain = 'Epoch 1/2  4/4  10 steps/s  0.4s  loss 0.5124  accuracy 0.9000\nEpoch 2/2  4/4  10 steps/s  0.4s  loss 0.2000  accuracy 0.9500  val_loss 1.235e-4\n';

  it.each([
    ['no terminal', new Screen(80, false), {}],
    ['CI', new Screen(), { CI: 'true' }],
    ['NO_COLOR', new Screen(), { NO_COLOR: '1' }],
    ['a dumb terminal', new Screen(), { TERM: 'dumb' }],
  ])('%s: one plain line per epoch', async (_name, screen, env) => {
    const { bar, clock } = setUp({ screen, env });
    await playRun([clock, bar], { logs });
    expect(screen.raw.join('')).toBe(plain);
  });

  it('an empty variable counts as unset', async () => {
    const { screen, bar, clock } = setUp({ env: { CI: '', NO_COLOR: '', TERM: 'xterm' } });
    await playRun([clock, bar], { logs });
    expect(screen.raw[0]).toContain('█');
  });

  it('says where a run goes on, and counts from there', async () => {
    const { screen, bar, clock, advance } = setUp({ screen: new Screen(80, false) });
    const context = fakeTrainContext({ epochs: 3, epoch: 1, batch: 3, resumed: true });
    await bar.onTrainBegin!(context);
    await bar.onEpochBegin!(1, context);
    advance(500);
    await bar.onTrainBatchEnd!(3, logs[0], context);
    await bar.onEpochEnd!(1, logs[0], context);
    expect(screen.raw).toEqual(['Going on in epoch 2/3 after 3 of 4 steps.\n', 'Epoch 2/3  4/4  2.0 steps/s  0.5s  loss 0.5124  accuracy 0.9000\n']);
    // Between two epochs; with nothing left to do; and no word of it at the beginning of a run.
    for (const [epoch, resumed] of [[1, true], [3, true], [1, false]] as const) await bar.onTrainBegin!(fakeTrainContext({ epochs: 3, epoch, resumed }));
    expect(screen.raw.slice(2)).toEqual(['Going on in epoch 2/3.\n']);
    await playRun([clock, bar], { logs });
    expect(screen.raw.slice(3).join('')).toBe(plain);
  });

  it('a line every ten seconds in long epochs', async () => {
    const { screen, bar, clock } = setUp({ screen: new Screen(80, false), stepMs: 3000 });
    const context = fakeTrainContext({ epochs: 1, stepsPerEpoch: 10 });
    await playRun([clock, bar], { logs: [logs[0]], context });
    expect(screen.raw).toEqual([
      'Epoch 1/1   4/10  0.33 steps/s  18s left  loss 0.5124  accuracy 0.9000\n',
      'Epoch 1/1   8/10  0.33 steps/s  6.0s left  loss 0.5124  accuracy 0.9000\n',
      'Epoch 1/1  10/10  0.33 steps/s  30s  loss 0.5124  accuracy 0.9000\n',
    ]);
  });
});

it.each([[{ stream: 1 }, /'stream'/], [{ interval: -1 }, /'interval'/], [{ intervall: 5 }, /Did you mean 'interval'\?/]])('refuses %j', (options, message) => {
  expect(() => progressBar(options as never)).toThrow(message);
});
