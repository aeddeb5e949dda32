import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The README's test command (`soundbite.sh test [part...]`): the steps of `npm run check`, then the tests on real parts. Everything is run even
 * after a failure; the last line counts all tests: `N passed, N failed, N skipped`.
 */

const root = fileURLToPath(new URL('..', import.meta.url));

/** Parts that are Vitest projects, in order; `check` stands for the steps of `npm run check`, unit tests among them. */
const projects = ['unit', 'parts', 'journeys'];

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The npm scripts that `npm run check` goes through, in order. */
export function stepsOfCheck(check: string): string[] {
  return check.split('&&').map((step) => step.trim().replace(/^npm run /, ''));
}

/** Sums Vitest's JSON reports. A file that fails without a failed test (it cannot be loaded, or a hook breaks off) counts as one. */
export function countTests(reports: readonly unknown[]): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const report of reports as VitestReport[]) {
    counts.passed += report.numPassedTests;
    counts.failed += report.numFailedTests;
    counts.skipped += report.numPendingTests + report.numTodoTests;
    counts.failed += report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
    ).length;
  }
  return counts;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

function main(asked: readonly string[]): number {
  const unknown = asked.filter((part) => part !== 'check' && !projects.includes(part));
  if (unknown.length > 0) {
    console.error(
      `error: ${unknown.join(', ')}: no such part of the tests\n    → soundbite.sh test [check|${projects.join('|')}]`,
    );
    return 2;
  }
  const parts = asked.length > 0 ? asked : ['check', 'parts', 'journeys'];
  const notes = parts.some((part) => part === 'parts' || part === 'journeys') ? provideChromium() : [];
  const reports = mkdtempSync(join(tmpdir(), 'soundbite-test-'));
  try {
    const failed = parts.flatMap((part) => (part === 'check' ? check(reports) : runProject(part, reports)));
    return conclude(failed, notes, reports);
  } finally {
    rmSync(reports, { recursive: true });
  }
}

/** The steps of `npm run check`; names those that failed. */
function check(reports: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { check: string } };
  return stepsOfCheck(scripts.check).flatMap((step) =>
    projects.includes(step) ? runProject(step, reports) : npm(['run', '--silent', step]) ? [] : [step],
  );
}

const reportOf = (reports: string, project: string) => join(reports, `${project}.json`);

/** One Vitest project, on the screen and into a report. */
function runProject(project: string, reports: string): string[] {
  const passed = npm([
    'run',
    '--silent',
    project,
    '--',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportOf(reports, project)}`,
  ]);
  return passed ? [] : [project];
}

function npm(args: readonly string[]): boolean {
  console.log(
    `\n── npm ${args
      .slice(0, 3)
      .filter((arg) => arg !== '--silent')
      .join(' ')}`,
  );
  return spawnSync('npm', args, { cwd: root, stdio: 'inherit' }).status === 0;
}

function conclude(failed: readonly string[], notes: readonly string[], reports: string): number {
  const files = projects.map((project) => reportOf(reports, project)).filter((file) => existsSync(file));
  const counts = countTests(files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as unknown));
  console.log('');
  for (const note of notes) console.log(note);
  if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return failed.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

const browsers = ['chromium', 'chromium-browser', 'google-chrome'];

function browser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return browsers.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

/** Sets SOUNDBITE_CHROMIUM for the tests that need a browser. Root gets Debian's; anybody else is told that they are skipped, and why. */
function provideChromium(): string[] {
  let found = process.env.SOUNDBITE_CHROMIUM ?? browser();
  if (!found && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('installing chromium for the browser tests (apt-get)');
    const options = {
      stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync('apt-get', ['update', '-qq'], options);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
    found = browser();
  }
  if (found) {
    process.env.SOUNDBITE_CHROMIUM = found;
    return [];
  }
  return ['the browser tests were skipped: there is no chromium here; install it: apt-get install chromium'];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main(process.argv.slice(2));
