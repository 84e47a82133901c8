// What a run of the conformance tests found, as a table to read and as docs/conformance.md.

const STATES = ['passed', 'failed', 'not supported'];

const grouped = (list, key) => {
  const groups = new Map();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups];
};

const counts = (results) => STATES.map((state) => results.filter(({ status }) => status === state).length);

/** One row per operator, then the reasons for what is not supported. */
export function tableOf(results) {
  const rows = grouped(results, ({ operator }) => operator).sort(([a], [b]) => (a < b ? -1 : 1));
  const line = (name, numbers) => `${name.padEnd(28)}${numbers.map((n) => String(n).padStart(15)).join('')}`;
  const reasons = reasonsOf(results).map(([reason, list]) => `${String(list.length).padStart(5)}  ${reason}`);
  return [
    line('operator', STATES),
    ...rows.map(([operator, list]) => line(operator, counts(list))),
    line('all', counts(results)),
    ...(reasons.length === 0 ? [] : ['', 'Not supported:', ...reasons]),
    '',
    ...grouped(results, ({ folder }) => folder).map(([folder, list]) => line(folder, counts(list))),
  ].join('\n');
}

const reasonsOf = (results) =>
  grouped(
    results.filter(({ status }) => status === 'not supported'),
    ({ reason }) => reason,
  ).sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));

/** docs/conformance.md: what passes, and every test that is not supported under its reason. */
export function documentOf(results) {
  const folders = grouped(results, ({ folder }) => folder);
  return `# Conformance with ONNX

\`npm run conformance\` runs the tests that come with ONNX (Debian package libonnx-testdata): each is a model with inputs and the
outputs it must give. Gradus reads the model, turns it into a graph, runs the graph in the interpreter and, written as ONNX again, in
ONNX Runtime. A test passes when both give the expected types, shapes and values: integers exactly, floats to a relative 1e-3 and an
absolute 1e-7, as the runner of ONNX has it. Inputs that decide shapes are given when the model is imported; a test in which that is
every input does not count.

This page is written by \`npm run conformance -- --write\`. A test that is not supported and not listed here makes a run fail.

| tests | ${STATES.join(' | ')} |
|---|---|---|---|
${folders.map(([folder, list]) => `| ${folder} | ${counts(list).join(' | ')} |`).join('\n')}

## Not supported

${reasonsOf(results)
  .map(([reason, list]) => `### ${reason} (${list.length})\n\n${list.map(({ name }) => `\`${name}\``).join(', ')}\n`)
  .join('\n')}`;
}

/** The tests that the page accepts as not supported. */
export const acceptedIn = (text) => new Set([...text.matchAll(/`([\w-]+\/test_\w+)`/g)].map(([, name]) => name));
