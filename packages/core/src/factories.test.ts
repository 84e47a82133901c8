import { describe, expect, it } from 'vitest';
import { definePlugin, Registry, withArguments, withSchedules, type GradientTransform, type Schedule, type TransformPart } from './index.js';

const part = (name: string, hyperparameters = {}): GradientTransform => ({ name, hyperparameters, init: () => ({}), update: (g, s) => [g, s] });

const plugin = definePlugin({
  name: '@gradus/parts',
  core: '*',
  setup(registry) {
    registry.add('optimizer', 'sgd', withSchedules(({ learningRate = 1 }: { learningRate?: number | Schedule } = {}) => part('sgd', { learningRate })));
    registry.add('optimizer', 'chain', withArguments('chain', (parts: GradientTransform[]) => part(parts.map((p) => p.name).join('+')), { transforms: 'transforms' }));
    registry.add('optimizer', 'groups', withArguments('groups', (parts: Record<string, GradientTransform>) => part(Object.entries(parts).map(([key, p]) => `${key}: ${p.name}`).join(', ')), { transforms: 'transforms' }));
    registry.add('optimizer', 'around', withArguments('around', (inner: GradientTransform, options: object) => part(`around(${inner.name})`, options), { optimizer: 'transform', options: 'options' }));
    registry.add('transform', 'clip', withArguments('clip', (limit: number | Schedule, unit?: string) => part('clip', { limit, unit }), { limit: 'value', unit: 'value?' }));
    registry.add('schedule', 'line', ({ slope }: { slope: number }) => (step) => slope * step);
    registry.add('schedule', 'joined', withSchedules(({ schedules }: { schedules: Schedule[] }) => (step) => schedules[Math.min(step, schedules.length - 1)](step)));
  },
});
const registry = new Registry([plugin]);
const name = (reference: TransformPart): string => registry.resolve('optimizer', reference).name;
const line = (slope: number) => ({ use: 'line', options: { slope } });
const clip = { use: 'clip', options: { limit: 1 } };

describe('references in configuration', () => {
  it('chain lists, nest, and mix names with objects', () => {
    expect(name([clip, 'sgd'])).toBe('clip+sgd');
    expect(name([clip, [clip, 'sgd'], part('own')])).toBe('clip+clip+sgd+own');
    expect(name({ use: 'around', options: { optimizer: [clip, 'sgd'] } })).toBe('around(clip+sgd)');
    expect(name({ use: 'groups', options: { transforms: { a: clip, b: [clip, 'sgd'] } } })).toBe('a: clip, b: clip+sgd');
    expect(registry.resolve('transform', [clip, 'sgd']).name).toBe('clip+sgd');
  });

  it('are the same from JSON', () => {
    const text = JSON.stringify([clip, { use: 'around', options: { optimizer: { use: 'sgd', options: { learningRate: line(2) } }, rate: line(3) } }]);
    expect(name(JSON.parse(text) as TransformPart)).toBe('clip+around(sgd)');
  });

  it('make schedules where options hold them', () => {
    const at = (reference: TransformPart, hyperparameter: string, step: number): number =>
      (registry.resolve('transform', reference).hyperparameters?.[hyperparameter] as Schedule)(step);
    expect(at({ use: 'sgd', options: { learningRate: line(2) } }, 'learningRate', 3)).toBe(6);
    expect(at({ use: 'clip', options: { limit: line(4) } }, 'limit', 2)).toBe(8);
    expect(at({ use: 'around', options: { optimizer: 'sgd', rate: line(5) } }, 'rate', 1)).toBe(5);
    expect(registry.resolve('schedule', { use: 'joined', options: { schedules: [line(1), line(10)] } })(1)).toBe(10);
  });

  const code = (fn: () => unknown): string => {
    try {
      fn();
    } catch (error) {
      return `${(error as { code: string }).code} ${(error as Error).message}`;
    }
    return 'nothing was thrown';
  };

  it('refuse what is not known, wherever it stands', () => {
    expect(code(() => name('sgdd'))).toMatch(/^UNKNOWN_NAME.*no optimizer named 'sgdd'.*Did you mean 'sgd'\?/s);
    expect(code(() => name([clip, 'sgdd']))).toMatch(/^UNKNOWN_NAME.*no transform named 'sgdd'.*one of clip, sgd, chain.*Did you mean 'sgd'\?/s);
    expect(code(() => name([{ use: 'clipp' }, 'sgd']))).toMatch(/^UNKNOWN_NAME.*Did you mean 'clip'\?/s);
    expect(code(() => name({ use: 'around', options: { optimizer: 'sdg' } }))).toMatch(/^UNKNOWN_NAME.*Did you mean 'sgd'\?/s);
    expect(code(() => name({ use: 'sgd', options: { learningRate: { use: 'lime' } } }))).toMatch(/^UNKNOWN_NAME.*no schedule named 'lime'.*Did you mean 'line'\?/s);
    expect(code(() => name({ use: 'clip', options: { limt: 1 } }))).toMatch(/^UNKNOWN_NAME.*It is a part of a chain.*\['clip', 'adam'\]/s);
    expect(code(() => name([{ use: 'clip', options: { limt: 1 } }]))).toMatch(/^INVALID_ARGUMENT.*clip has no option 'limt'.*Did you mean 'limit'\?/s);
    expect(code(() => name([{ use: 'clip' }]))).toMatch(/^INVALID_ARGUMENT.*clip needs the option 'limit'/s);
    expect(code(() => name([]))).toMatch(/^INVALID_ARGUMENT.*'transforms' of chain.*at least one/s);
    expect(code(() => name({ use: 'around', options: { optimizer: 3 } }))).toMatch(/^INVALID_ARGUMENT.*'optimizer' of around.*Received: 3.*its name/s);
    expect(code(() => name({ use: 'around' }))).toMatch(/^INVALID_ARGUMENT.*around needs the option 'optimizer'/s);
  });

  it('need one name for one thing, over optimizers and transforms', () => {
    const other = definePlugin({ name: '@gradus/other', core: '*', setup: (r) => r.add('transform', 'sgd', () => part('x')) });
    expect(code(() => new Registry([plugin, other]))).toMatch(/^DUPLICATE_NAME.*add the optimizer 'sgd'.*'@gradus\/parts' and '@gradus\/other'/s);
    const both = definePlugin({ name: '@gradus/other', core: '*', setup: (r) => r.add('optimizer', 'clip', () => part('x')) });
    expect(code(() => new Registry([plugin, both]))).toMatch(/^DUPLICATE_NAME.*add the transform 'clip'/s);
  });

  it('need a chain where a list is given', () => {
    const alone = definePlugin({ name: '@gradus/alone', core: '*', setup: (r) => r.add('optimizer', 'sgd', () => part('sgd')) });
    expect(code(() => new Registry([alone]).resolve('optimizer', ['sgd']))).toMatch(/^UNKNOWN_NAME.*no optimizer named 'chain'/s);
  });
});
