// Adds up the JSON reports that vitest writes in each folder.

/**
 * Counts tests over all reports and names the folders that failed. A folder without a report or without
 * tests, a file that did not even load, and a test run that failed although every report is fine each count as one failure.
 *
 * @param reports `{ folder, result }`, where `result` is vitest's JSON report, or `undefined` when there is none
 * @param runFailed whether the run as a whole ended with an error
 */
export function tally(reports, runFailed) {
  const count = { passed: 0, failed: 0, skipped: 0, failing: [] };
  for (const { folder, result } of reports) {
    const unloaded = result?.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0) ?? [];
    const failed = result ? result.numFailedTests + unloaded.length || Number(!result.success) : 1;
    count.passed += result?.numPassedTests ?? 0;
    count.skipped += (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
    count.failed += failed;
    if (failed > 0) count.failing.push(`tests of ${folder} (${why(result)})`);
  }
  if (runFailed && count.failing.length === 0) {
    count.failed++;
    count.failing.push('tests (an error outside of any test, see above)');
  }
  return count;
}

function why(result) {
  if (!result) return 'wrote no report';
  return result.testResults.length === 0 ? 'no tests' : 'see above';
}
