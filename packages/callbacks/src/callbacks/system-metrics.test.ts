import { setTimeout as sleep } from 'node:timers/promises';
import { playRun } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { systemMetrics } from './system-metrics.js';

const busy = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

describe('systemMetrics', () => {
  it('sees an epoch at work, an idle one, and memory', async () => {
    let block: Buffer | null = null;
    const work = {
      name: 'work',
      async onEpochBegin(epoch: number) {
        if (epoch === 1) return void (await sleep(150));
        await sleep(30);
        block = Buffer.alloc(300e6, 1);
        busy(150);
        await sleep(30);
        block = null;
      },
    };
    const before = process.memoryUsage().rss;
    const subject = systemMetrics({ interval: 5 });
    const context = await playRun([subject, work], { logs: [{ loss: 1 }, { loss: 1 }] });
    expect(block).toBe(null);
    const [atWork, idle] = subject.rows;
    // 150 of about 210 ms at work against next to nothing.
    expect(atWork.cpu).toBeGreaterThan(2 * idle.cpu);
    expect(atWork.eventLoopDelayMax).toBeGreaterThan(100);
    expect(idle.eventLoopDelayMean).toBeGreaterThanOrEqual(0);
    expect(atWork.rss).toBeGreaterThan(before + 200e6);
    expect(atWork.heapUsed).toBeGreaterThan(1e6);
    expect(context.events).toEqual(subject.rows.map((row) => ({ event: 'system_metrics', ...row })));
  });

  it.each(['interrupted', 'failed', undefined] as const)('leaves no timer behind (%s)', async (as) => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const seen: number[] = [];
    const unref = { name: 'see', onEpochEnd: () => void seen.push(timers()) };
    const before = timers();
    await playRun([systemMetrics({ interval: 1 }), unref], { logs: [{ loss: 1 }, { loss: 1 }], ending: as && { as, epoch: 1, batch: 0 } });
    // Timers that keep the process alive: none of its own, in the run or after.
    expect(seen.every((count) => count <= before)).toBe(true);
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('refuses an interval that is none', () => expect(() => systemMetrics({ interval: 0 })).toThrow(/'interval'.*above 0/));
});
