import { definePlugin, type Plugin } from '@gradus/core';
import { jsEngine } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { pluginChecks } from './index.js';
import { failures } from '../test/failures.js';

const good = definePlugin({
  name: 'acme',
  core: '^0.1.0',
  setup(registry) {
    registry.add('engine', 'acme/counting', () => jsEngine);
    registry.add('schedule', 'acme/counting', () => () => 1);
  },
});
const needy = definePlugin({ ...good, name: 'needy', requires: ['acme'], setup: (r) => r.add('engine', 'needy/js', () => jsEngine) });

describe('good plugins pass', () => {
  for (const { name, run } of pluginChecks(good)) it(name, run);
  for (const { name, run } of pluginChecks(needy, { with: [good] })) it(`with another: ${name}`, run);
});

describe('broken plugins are caught', () => {
  const change = (changes: Partial<Plugin>): Plugin => definePlugin({ ...good, ...changes });
  const adds = (kind: string, name: string, factory: unknown = () => jsEngine): Plugin => change({ setup: (r) => r.add(kind as 'engine', name, factory as never) });
  let times = 0;
  const cases: [string, Plugin, RegExp][] = [
    ['not frozen', { ...good }, /can be changed.*definePlugin/],
    ['no name', change({ name: '' }), /needs a name/],
    ['a name with a space', change({ name: 'my plugin' }), /without spaces/],
    ['no range', change({ core: undefined as never }), /must say which core versions/],
    ['a range that cannot be read', change({ core: 'latest' }), /'latest', which cannot be read/],
    ['a range for another core', change({ core: '^9.0.0' }), /is for core '\^9\.0\.0', this is/],
    ['no setup', change({ setup: undefined as never }), /needs the function setup/],
    ['a bare name', adds('engine', 'counting'), /adds 'counting'\. Expected 'acme\/counting'/],
    ["another plugin's name", adds('engine', 'acmes/counting'), /Expected 'acme\/acmes\/counting'/],
    ['an unknown kind', adds('optimiser', 'acme/lion'), /as 'optimiser'\. Expected one of engine, gradient, optimizer/],
    ['an object instead of a factory', adds('engine', 'acme/js', jsEngine), /without a function that makes it/],
    ['a name twice', change({ setup: (r) => { r.add('engine', 'acme/a', () => jsEngine); r.add('engine', 'acme/a', () => jsEngine); } }), /'acme\/a' twice/],
    ['nothing', change({ setup: () => {} }), /adds nothing/],
    ['an async setup', change({ setup: (async () => {}) as never }), /is async/],
    ['something else each time', change({ setup: (r) => r.add('engine', `acme/${times++}`, () => jsEngine) }), /something else the second time/],
    ['what is not there', change({ requires: ['@other/base'] }), /requires '@other\/base'.*with: \[@other\/base\]/],
    ['itself', change({ requires: ['acme'] }), /requires itself/],
    ['a plugin twice', change({ requires: ['b', 'b'] }), /twice: b, b/],
    ['a setup that fails', change({ setup: () => { throw new Error('boom'); } }), /is accepted by a registry: .*boom/],
  ];

  it.each(cases)('%s', async (_name, plugin, message) => {
    expect((await failures(pluginChecks(plugin))).filter((text) => message.test(text))).not.toEqual([]);
  });

  it('a plugin named as another', async () => {
    expect((await failures(pluginChecks(good, { with: [definePlugin({ ...good })] }))).join()).toMatch(/DUPLICATE_PLUGIN/);
  });
});
