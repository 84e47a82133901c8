/** What every plugin must do: be frozen, keep to its namespace, fit this core, and set up the same each time. */
import assert from 'node:assert/strict';
import { Registry, satisfies, VERSION, type Kind, type Plugin } from '@gradus/core';
import { withExceptions, type Check, type Exceptions } from './check.js';

export interface PluginCheckOptions {
  /** The plugins that it requires. */
  readonly with?: readonly Plugin[];
  readonly exceptions?: Exceptions;
}

const KINDS: Readonly<Record<Kind, true>> = {
  engine: true,
  gradient: true,
  optimizer: true,
  transform: true,
  proposer: true,
  callback: true,
  schedule: true,
};

/**
 * Checks of a plugin. What it adds has suites of its own: `optimizerChecks`, `callbackChecks` and the others.
 *
 * @example
 * for (const { name, run } of pluginChecks(acme)) it(name, run);
 */
export function pluginChecks(plugin: Plugin, { with: others = [], exceptions }: PluginCheckOptions = {}): Check[] {
  const checks: Check[] = [
    { name: 'is a frozen object with name, core and setup', run: () => checkShape(plugin) },
    { name: 'names a range of core versions that can be read and holds this one', run: () => checkRange(plugin) },
    { name: 'requires plugins that are known', run: () => checkRequirements(plugin, others) },
    { name: 'adds something, each name in its namespace', run: () => checkNames(plugin) },
    { name: 'sets up the same each time', run: () => checkSetup(plugin) },
    { name: 'is accepted by a registry', run: () => void new Registry([...others, plugin]) },
  ];
  return withExceptions(checks, exceptions);
}

function checkShape(plugin: Plugin): void {
  assert.ok(typeof plugin === 'object' && plugin !== null, `A plugin is an object. Received: ${String(plugin)}.`);
  assert.ok(
    typeof plugin.name === 'string' && /^[@\w][\w@/.-]*$/.test(plugin.name),
    `A plugin needs a name without spaces. Received: ${String(plugin.name)}.`,
  );
  assert.equal(typeof plugin.core, 'string', `Plugin '${plugin.name}' must say which core versions it works with.`);
  assert.equal(typeof plugin.setup, 'function', `Plugin '${plugin.name}' needs the function setup.`);
  assert.ok(Object.isFrozen(plugin), `Plugin '${plugin.name}' can be changed. Make it with definePlugin({ … }).`);
}

function checkRange({ name, core }: Plugin): void {
  const fits = satisfies(VERSION, core);
  assert.ok(fits !== null, `Plugin '${name}' is for core '${core}', which cannot be read. Expected a range such as '^${VERSION}'.`);
  assert.ok(fits, `Plugin '${name}' is for core '${core}', this is ${VERSION}.`);
}

function checkRequirements({ name, requires = [] }: Plugin, others: readonly Plugin[]): void {
  const known = others.map((other) => other.name);
  assert.equal(new Set(requires).size, requires.length, `Plugin '${name}' requires a plugin twice: ${requires.join(', ')}.`);
  assert.ok(!requires.includes(name), `Plugin '${name}' requires itself.`);
  for (const other of requires) {
    assert.ok(
      known.includes(other),
      `Plugin '${name}' requires '${other}'. Give it to these checks: pluginChecks(plugin, { with: [${other}] }).`,
    );
  }
}

interface Added {
  readonly kind: string;
  readonly name: string;
  readonly factory: unknown;
}

/** What setup adds. */
function addedBy(plugin: Plugin): Added[] {
  const added: Added[] = [];
  const answer: unknown = plugin.setup({ add: (kind, name, factory) => void added.push({ kind, name, factory }) });
  assert.ok(!(answer instanceof Promise), `The setup of plugin '${plugin.name}' is async: what it adds later is refused.`);
  return added;
}

function checkNames(plugin: Plugin): void {
  const added = addedBy(plugin);
  assert.ok(added.length > 0, `Plugin '${plugin.name}' adds nothing.`);
  const seen = new Set<string>();
  for (const { kind, name, factory } of added) {
    assert.ok(
      Object.hasOwn(KINDS, kind),
      `Plugin '${plugin.name}' adds '${name}' as '${kind}'. Expected one of ${Object.keys(KINDS).join(', ')}.`,
    );
    const own = plugin.name.startsWith('@gradus/') || (name.startsWith(`${plugin.name}/`) && name.length > plugin.name.length + 1);
    assert.ok(own, `Plugin '${plugin.name}' adds '${name}'. Expected '${plugin.name}/${name}': names carry the plugin's.`);
    assert.equal(typeof factory, 'function', `Plugin '${plugin.name}' adds '${name}' without a function that makes it.`);
    assert.ok(!seen.has(`${kind} ${name}`), `Plugin '${plugin.name}' adds the ${kind} '${name}' twice.`);
    seen.add(`${kind} ${name}`);
  }
}

function checkSetup(plugin: Plugin): void {
  const list = (): string[] => addedBy(plugin).map(({ kind, name }) => `${kind} ${name}`);
  const first = list();
  assert.deepEqual(list(), first, `Plugin '${plugin.name}' adds something else the second time.`);
}
