import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { longest } from '../tests/support/longest-first.ts';
import { countTests, failuresOf, sidesOf, stepsOfCheck } from './test.ts';

const file = (status: string, ...assertions: string[]) => ({
  name: 'tests/some.test.ts',
  status,
  assertionResults: assertions.map((one) => ({ status: one })),
});

describe('the test command', () => {
  it('begins with the files that take longest, where they are', () => {
    expect(longest.filter((name) => !existsSync(fileURLToPath(new URL(`../${name}`, import.meta.url))))).toEqual([]);
  });

  it('goes through the steps of npm run check', () => {
    expect(stepsOfCheck('npm run types && npm run imports && npm run unit')).toEqual(['types', 'imports', 'unit']);
  });

  it('runs journeys beside parts and then screens, everything else by itself', () => {
    expect(sidesOf(['check', 'containers', 'parts', 'screens', 'journeys'])).toEqual([
      [['check']],
      [['containers']],
      [['parts', 'screens'], ['journeys']],
    ]);
    expect(sidesOf(['journeys', 'check', 'parts'])).toEqual([[['check']], [['parts'], ['journeys']]]);
    expect(sidesOf(['screens', 'page'])).toEqual([[['page']], [['screens']]]);
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

  it('names what failed, and why', () => {
    const name = fileURLToPath(new URL('some.test.ts', import.meta.url));
    const failed = {
      status: 'failed',
      fullName: 'a disk is full',
      failureMessages: ['Error: 1 is not 2\n    at some.ts'],
    };
    const report = {
      testResults: [
        { name, status: 'failed', assertionResults: [{ status: 'passed', fullName: 'a disk' }, failed] },
        { name, status: 'failed', message: 'Cannot find ./other.ts', assertionResults: [] },
        { name, status: 'passed', assertionResults: [{ status: 'passed', fullName: 'a disk' }] },
      ],
    };
    expect(failuresOf([report])).toEqual([
      'FAILED tools/some.test.ts > a disk is full\n    Error: 1 is not 2',
      'FAILED tools/some.test.ts\n    Cannot find ./other.ts',
    ]);
  });

  it('counts nothing when nothing ran', () => {
    expect(countTests([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe('the test command as a program', () => {
  const script = fileURLToPath(new URL('test.ts', import.meta.url));

  /** What a machine has: `npm` says much (for `parts` with a pause in its middle) and then leaves the report, `apt-get` can install zsh and nothing else. */
  function machine(report: object, npmExit: number, shells: readonly string[]): string {
    const bin = mkdtempSync(join(tmpdir(), 'soundbite-npm-'));
    const program = (name: string, text: string) =>
      writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    for (const name of ['head', 'true', 'sleep', 'cat', 'ln']) symlinkSync(`/bin/${name}`, join(bin, name));
    for (const name of shells) symlinkSync('/bin/true', join(bin, name));
    program('apt-get', `[ "$1" = update ] || { [ "\${@: -1}" = zsh ] && ln -s /bin/true '${bin}/zsh'; }`);
    program(
      'npm',
      `for ((n = 0; n < 3000; n++)); do
         [ "$n $3" = "1500 parts" ] && sleep 0.5
         echo "line $n of many that a test runner says"
       done
       last="\${@: -1}"
       [ "\${last%%=*}" != --outputFile.json ] || echo '${JSON.stringify(report)}' >"\${last#*=}"
       exit ${npmExit}`,
    );
    return bin;
  }

  /** Runs `test unit`, or other parts, in a line of bash. */
  async function run(redirection: string, report: object, npmExit: number, shells = ['zsh', 'fish'], parts = 'unit') {
    const bin = machine(report, npmExit, shells);
    const line = `'${process.execPath}' '${script}' ${parts} ${redirection}; exit \${PIPESTATUS[0]}`;
    const env = { ...process.env, PATH: bin, DOCKER_HOST: 'unix:///nowhere.sock', SOUNDBITE_TEST_ENGINE: '' };
    try {
      return await new Promise<{ exit: number; stdout: string; stderr: string }>((resolve) => {
        // Bash takes a socket as its input for a remote login, and would read the user's own settings.
        execFile('/bin/bash', ['--norc', '-c', line], { env }, (error, stdout, stderr) =>
          resolve({ exit: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
        );
      });
    } finally {
      rmSync(bin, { recursive: true });
    }
  }

  const well = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [file('passed', 'passed', 'passed', 'passed')],
  };

  it.each([
    ['| head -1', 0],
    ['>&-', 0],
    ['2>&1 | true', 0],
    ['>/dev/full', 3],
  ])('ends as its tests do with %s', async (redirection, exit) => {
    expect(await run(redirection, well, 0)).toMatchObject({ exit });
    expect(await run(redirection, { ...well, numFailedTests: 1 }, 1)).toMatchObject({ exit: 1 });
  });

  it.each(['--help', '-h', 'help'])('says how it is used, and runs nothing, with %s', async (words) => {
    const { exit, stdout, stderr } = await run(words, well, 1);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Usage: soundbite\.sh test \[check\|unit\|containers\|parts\|page\|screens\|journeys\] \.\.\.\n/,
    );
    expect(stdout).not.toContain('line 0');
  });

  it('says everything to a slow reader, the counts last', async () => {
    const { exit, stdout } = await run('| (sleep 0.5; cat)', well, 0);
    expect(exit).toBe(0);
    expect(stdout.split('\n')).toHaveLength(3005);
    expect(stdout.endsWith('line 2999 of many that a test runner says\n\n3 passed, 0 failed, 0 skipped\n')).toBe(true);
  });

  it('says what ran beside another part whole, at its end', async () => {
    const { exit, stdout } = await run('', { ...well, numFailedTests: 1 }, 1, ['chromium'], 'parts journeys');
    expect(exit).toBe(1);
    const lines = stdout.split('\n').filter((line) => line.startsWith('line '));
    expect(lines).toHaveLength(6000);
    expect(lines.slice(3000)).toEqual(lines.slice(0, 3000));
    expect(stdout.endsWith('failed: parts, journeys\n6 passed, 2 failed, 0 skipped\n')).toBe(true);
  });

  it('skips the tests of containers where there is no engine, counts them and says so', async () => {
    const skipped = { ...well, numPendingTests: 4 };
    const { exit, stdout } = await run('', skipped, 0, undefined, 'unit containers');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/\n\ncontainers: 4 skipped, no Docker engine\n6 passed, 0 failed, 8 skipped\n$/);
  });

  it('tells each step of the check whole, although they run side by side, and names all that failed', async () => {
    const { exit, stdout } = await run('', { ...well, numFailedTests: 1 }, 1, undefined, 'check');
    expect(exit).toBe(1);
    const lines = stdout.split('\n').filter((line) => line.startsWith('line '));
    const steps = ['format:check', 'types', 'imports', 'dead', 'unit'];
    expect(lines).toHaveLength(steps.length * 3000);
    for (const [at] of steps.entries()) expect(lines.slice(at * 3000, (at + 1) * 3000)).toEqual(lines.slice(0, 3000));
    expect(stdout).toContain(`failed: ${steps.join(', ')}\n`);
  });

  it('is content with the Chromium that is there, where the one with less work cannot be had', async () => {
    const { exit, stdout } = await run('', well, 0, ['chromium'], 'page');
    expect(exit).toBe(0);
    if (userInfo().uid === 0) expect(stdout).toMatch(/^installing chromium-headless-shell for tests/);
    expect(stdout).not.toContain('skipped: there is no');
  });

  it('installs the shells that tests need as root, and names what they have to do without', async () => {
    const { exit, stdout } = await run('', well, 0, []);
    const [fish, zsh] = ['fish', 'zsh'].map(
      (name) =>
        `the tests of ${name}'s completion were skipped: there is no ${name} here; install it: apt-get install ${name}\n`,
    );
    expect(exit).toBe(0);
    if (userInfo().uid === 0) expect(stdout).toMatch(/^installing zsh, fish for tests that need it \(apt-get\)\n/);
    else expect(stdout).toContain(zsh);
    expect(stdout.includes(zsh ?? '')).toBe(userInfo().uid !== 0);
    expect(stdout.endsWith(`${fish}3 passed, 0 failed, 0 skipped\n`)).toBe(true);
  });
});
