import { describe, expect, it } from 'vitest';
import { countTests, stepsOfCheck } from './test.ts';

const file = (status: string, ...assertions: string[]) => ({
  status,
  assertionResults: assertions.map((one) => ({ status: one })),
});

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
      testResults: [
        file(failed ? 'failed' : 'passed', ...Array(passed).fill('passed'), ...Array(failed).fill('failed')),
      ],
    });
    expect(countTests([report(3, 1, 2, 1), report(4, 0, 0, 0)])).toEqual({ passed: 7, failed: 1, skipped: 3 });
  });

  it.each([
    ['that could not even be loaded', []],
    ['whose first hook broke off', ['skipped', 'skipped']],
  ])('counts a file %s as a failure', (_what, assertions) => {
    const report = {
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: assertions.length,
      numTodoTests: 0,
      testResults: [file('failed', ...assertions)],
    };
    expect(countTests([report])).toEqual({ passed: 0, failed: 1, skipped: assertions.length });
  });

  it('counts nothing when nothing ran', () => {
    expect(countTests([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});
