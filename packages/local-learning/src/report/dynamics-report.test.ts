/** What is drawn, and what happens where it cannot be. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Trainer } from '@gradus/core';
import { inMemory } from '@gradus/data';
import { localRule } from '@gradus/gradients';
import { adam } from '@gradus/optimizers';
import { callbackChecks } from '@gradus/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultMetrics, dynamicsPicture, dynamicsReport, fullyConnected, layerMap, localNetwork, outputLayer, prototypeData, recurrentDiscrete } from '../index.js';
import { ticksOver } from './chart.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'gradus-dynamics-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const { train, validation } = prototypeData({ classes: 2, dimensions: 8, samples: 8, flip: 0.1 });
const layers = layerMap({
  1: { 0: fullyConnected({ in: 8, out: 6 }), 1: recurrentDiscrete({ units: 6 }) },
  2: { 1: fullyConnected({ in: 6, out: 2 }), 2: outputLayer({ units: 2 }) },
});
const fit = (report: ReturnType<typeof dynamicsReport>, run: { directory: string } | false) =>
  new Trainer({ model: localNetwork({ layers }), optimizer: adam(), gradient: localRule() }).fit(inMemory({ ...train }), {
    epochs: 3,
    validationData: inMemory({ ...validation }),
    callbacks: [report],
    run,
    handleSignals: false,
  });

/** The cells of every row of a page's tables, as a browser shows them. */
const rowsOf = (html: string): string[][] =>
  [...html.matchAll(/<tr>(.*)<\/tr>/g)].map(([, row]) => [...row.matchAll(/<t[dh][^>]*>([^<]*)</g)].map(([, cell]) => cell.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))));

describe('dynamicsReport', () => {
  it('leaves the picture and the page of all epochs in the folder of the run', async () => {
    const { folder, history } = await fit(dynamicsReport(), { directory });
    const [svg, html] = ['dynamics.svg', 'dynamics.html'].map((file) => readFileSync(join(folder!, file), 'utf8'));
    expect(svg).toBe(dynamicsPicture(history.rows));
    // Nine metrics of validation, five of training.
    expect(svg.match(/<polyline/g)).toHaveLength(14);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(5);
    expect(html).toContain(svg.trimEnd());
    const { val_accuracy, val_unsatisfied, unsatisfied } = history.last;
    const shown = (value: number): string => String(Number(value.toPrecision(4)));
    expect(rowsOf(html)).toEqual(expect.arrayContaining([
      ['accuracy', '', shown(val_accuracy)],
      ['unsatisfied', shown(unsatisfied), shown(val_unsatisfied)],
      ['layer 1', '[6]', 'input', 'fullyConnected({ in: 8, out: 6 })', '48'],
      ['layer 1', '[6]', 'layer 1', 'recurrentDiscrete({ units: 6 })', '36'],
      ['output (2)', '[2]', 'output (2)', 'outputLayer({ units: 2 })', '–'],
    ]));
    // Nothing is loaded from anywhere.
    expect(html).not.toMatch(/<script|<link|src=|href=/);
  });

  it('puts the page beside a picture with a path of its own', async () => {
    await fit(dynamicsReport({ path: join(directory, 'own', 'picture.svg') }), false);
    expect(readdirSync(join(directory, 'own'))).toEqual(['picture.html', 'picture.svg']);
  });

  it('warns once of a file that cannot be written, and lets training go on', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const blocked = join(directory, 'file');
    writeFileSync(blocked, '');
    const { history } = await fit(dynamicsReport({ path: join(blocked, 'dynamics.svg') }), false);
    expect(history.rows).toHaveLength(3);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/dynamicsReport cannot write.*dynamics\.svg/), { code: 'TELEMETRY_UNWRITABLE' }],
    ]);
    warn.mockRestore();
  });

  it('says at once that it has nowhere to draw', async () => {
    await expect(fit(dynamicsReport(), false)).rejects.toThrow(/nowhere to draw.*dynamicsReport\(\{ path/);
    expect(() => dynamicsReport({ file: 'x' } as never)).toThrow(/dynamicsReport has no option 'file'/);
  });
});

describe('dynamicsPicture', () => {
  const titles = (svg: string): string[] => [...svg.matchAll(/font-weight="bold">([^<]*)</g)].map(([, title]) => title);

  it('puts values where they belong: epochs from left to right, round numbers from the bottom up', () => {
    const rows = [0, 0.5, 1].map((accuracy, epoch) => ({ epoch, logs: { val_accuracy: accuracy, accuracy: 1 - accuracy, clampedSteps: 4 - epoch, loss: 7 } }));
    const svg = dynamicsPicture(rows);
    expect(titles(svg)).toEqual(['accuracy', 'sweeps until a batch had settled']);
    // Of a panel of 320 x 210: from 46 to 306 and from 174 up to 46; the first from 0 to 1, the second from 2 to 4.
    expect(svg).toContain('<polyline points="46.0,174.0 176.0,110.0 306.0,46.0" fill="none" stroke="#08519c" stroke-width="1.6"/>');
    expect(svg).toContain('<polyline points="46.0,46.0 176.0,110.0 306.0,174.0" fill="none" stroke="#08519c" stroke-width="1.6" stroke-dasharray="4 3"/>');
    expect(svg.match(/<polyline points="46.0,46.0 176.0,110.0 306.0,174.0"/g)).toHaveLength(2);
    expect(svg).not.toContain('loss');
  });

  it('has a panel for each of the six questions, and names the lines of those with several', () => {
    const logs = Object.fromEntries(defaultMetrics.flatMap(({ name }) => [[name, 0.3], [`val_${name}`, 0.4]]));
    const svg = dynamicsPicture([{ epoch: 0, logs }, { epoch: 1, logs }]);
    expect(titles(svg).map((title) => title.split(/[ :]/)[0])).toEqual(['accuracy', 'unsatisfied', 'overlap', 'units', 'saturation', 'sweeps']);
    for (const name of ['taughtAccuracy', 'clampedSteps', 'freeSteps', 'inferenceSteps']) expect(svg).toContain(`>${name}</text>`);
    expect(svg.match(/<polyline/g)).toHaveLength(18);
  });

  it('leaves out what an epoch does not report, and draws one epoch as a dot', () => {
    const svg = dynamicsPicture([
      { epoch: 0, logs: { taughtAccuracy: 0.5, overlap: NaN } },
      { epoch: 1, logs: { taughtAccuracy: 1, val_accuracy: 1 } },
    ]);
    expect(svg).toContain('<circle cx="306.0" cy="46.0" r="2.5" stroke="#08519c" fill="#08519c"/>');
    expect(dynamicsPicture([{ epoch: 0, logs: { accuracy: 0.5 } }])).toContain('<circle cx="176.0" cy="174.0" r="2.5" stroke="#08519c" fill="#fff"/>');
    expect(titles(svg)).toEqual(['accuracy']);
  });

  it('writes round numbers of epochs', () => {
    const epochs = (count: number): number[] => {
      const svg = dynamicsPicture(Array.from({ length: count }, (_, epoch) => ({ epoch, logs: { accuracy: epoch } })));
      return [...svg.matchAll(/y="189"[^>]*>(\d+)</g)].map(([, epoch]) => Number(epoch));
    };
    expect([1, 3, 12, 137].map(epochs)).toEqual([[1], [1, 2, 3], [2, 4, 6, 8, 10, 12], [20, 40, 60, 80, 100, 120]]);
  });

  it('is a picture of nothing before anything was reported', () => {
    expect(dynamicsPicture([])).toMatch(/^<svg[^>]* width="320" height="24">[\s\S]*<\/svg>\n$/);
  });
});

describe('ticks', () => {
  it.each([
    [0, 1, [0, 0.5, 1]],
    [0.66, 0.979, [0.6, 0.7, 0.8, 0.9, 1]],
    [0.0147, 0.0478, [0.01, 0.02, 0.03, 0.04, 0.05]],
    [3, 3, [3, 4]],
    [0, 0, [0, 0.5]],
    [-0.2, 0.9, [-0.5, 0, 0.5, 1]],
  ])('of %d to %d', (least, most, expected) => expect(ticksOver(least, most, 4)).toEqual(expected));

  it('are few, round and around the values (property)', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((v) => Number(v.toPrecision(6)));
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [least, most] = [Math.min(a, b), Math.max(a, b)];
        const ticks = ticksOver(least, most, 4);
        const step = ticks[1] - ticks[0];
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThan(8);
        expect(ticks[0]).toBeLessThanOrEqual(least + 1e-6 * step);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(most - 1e-6 * step);
      }),
    );
  });
});

describe('as a callback', () => {
  for (const { name, run } of callbackChecks(() => dynamicsReport({ path: join(directory, 'dynamics.svg') }))) it(name, run);
});
