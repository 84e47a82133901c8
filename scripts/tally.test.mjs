import { expect, test } from 'vitest';
import { tally } from './tally.mjs';

const file = (status, ...tests) => ({ status, assertionResults: tests });
const report = (passed, failed, pending, todo, ...testResults) => ({
  success: testResults.length > 0 && testResults.every(({ status }) => status === 'passed'),
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: todo,
  testResults,
});

test('adds up what all folders report', () => {
  const reports = [
    { folder: 'scripts', result: report(3, 0, 1, 0, file('passed', {}, {}, {}, {})) },
    { folder: 'packages/core', result: report(4, 0, 0, 2, file('passed', {}, {}, {}, {}, {}, {})) },
  ];
  expect(tally(reports, false)).toEqual({ passed: 7, failed: 0, skipped: 3, failing: [] });
});

test('names the folders with failing tests and with files that did not load', () => {
  const reports = [
    { folder: 'scripts', result: report(1, 0, 0, 0, file('passed', {}), file('failed')) },
    { folder: 'packages/core', result: report(1, 2, 0, 0, file('failed', {}, {}, {})) },
  ];
  expect(tally(reports, true)).toEqual({
    passed: 2,
    failed: 3,
    skipped: 0,
    failing: ['tests of scripts (see above)', 'tests of packages/core (see above)'],
  });
});

test('a folder without a report has failed, even when the run seems fine', () => {
  const reports = [{ folder: 'packages/nn', result: undefined }];
  expect(tally(reports, false)).toEqual({ passed: 0, failed: 1, skipped: 0, failing: ['tests of packages/nn (wrote no report)'] });
});

test('a folder whose tests were not found has failed', () => {
  const { failed, failing } = tally([{ folder: 'packages/nn', result: report(0, 0, 0, 0) }], true);
  expect(failed).toBe(1);
  expect(failing).toEqual(['tests of packages/nn (no tests)']);
});

test('an error outside of any test is one failure', () => {
  const reports = [{ folder: 'scripts', result: report(5, 0, 0, 0, file('passed', {}, {}, {}, {}, {})) }];
  const { failed, failing } = tally(reports, true);
  expect(failed).toBe(1);
  expect(failing).toHaveLength(1);
});
