import { describe, expect, it } from 'vitest';
import { countTests, stepsOfCheck } from './test.ts';

const file = (status: string, assertions: number) => ({ status, assertionResults: Array(assertions).fill({}) });

describe('the test command', () => {
  it('goes through the steps of npm run check', () => {
    expect(stepsOfCheck('npm run types && npm run imports && npm run unit')).toEqual(['types', 'imports', 'unit']);
  });

  it('sums the reports of all projects', () => {
    const report = (passed: number, failed: number, pending: number, todo: number) => ({
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: pending,
      numTodoTests: todo,
      testResults: [file('passed', passed)],
    });
    expect(countTests([report(3, 1, 2, 1), report(4, 0, 0, 0)])).toEqual({ passed: 7, failed: 1, skipped: 3 });
  });

  it('counts a file that could not even be loaded as a failure', () => {
    const report = {
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [file('failed', 0)],
    };
    expect(countTests([report])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts nothing when nothing ran', () => {
    expect(countTests([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});
