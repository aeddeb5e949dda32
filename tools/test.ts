import { type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { conclude } from '../apps/cli/src/conclude.ts';
import { type Output, outputOn } from '../apps/cli/src/output.ts';
import { engineForTests } from './engine.ts';
import { memoryDirectory, type TemporaryDirectory, withMemoryForRoot } from './memory-directory.ts';
import { anyChromium, programPath } from './programs.ts';

/**
 * The README's test command (`soundbite.sh test [part...]`): the steps of `npm run check`, then the tests on real parts. Journeys run beside the parts and the screens, the tests of containers before them, where there is a Docker engine. Everything is run even
 * after a failure; the last line counts all tests: `N passed, N failed, N skipped`. The exit code is theirs, whoever reads.
 */

const root = fileURLToPath(new URL('..', import.meta.url));

/** Parts that are Vitest projects, in order; `check` stands for the steps of `npm run check`, unit tests among them. */
const projects = ['unit', 'containers', 'parts', 'page', 'screens', 'journeys'];

/**
 * What runs side by side, each of them in order: much of the time of each is waiting, and nothing of them is shared. The two take about as long. Everything else by itself.
 */
const lanes = [['parts', 'screens'], ['journeys']];

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The npm scripts that `npm run check` goes through, in order. */
export function stepsOfCheck(check: string): string[] {
  return check.split('&&').map((step) => step.trim().replace(/^npm run /, ''));
}

/** Sums Vitest's JSON reports. A file that fails without a failed test (it cannot be loaded, or a hook breaks off) counts as one. */
export function countTests(reports: readonly unknown[]): TestCounts {
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

/** Names each failure in two lines, file and test, then the first line of its error: the end of a long output is what a machine keeps. */
export function failuresOf(reports: readonly unknown[]): string[] {
  const results = (reports as VitestReport[]).flatMap(({ testResults }) => testResults);
  return results.flatMap(({ name, status, message, assertionResults }) => {
    const told = (test: string, error = '') => `FAILED ${relative(root, name)}${test}\n    ${firstLine(error)}`;
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [told('', message)];
    return failed.map(({ fullName, failureMessages }) => told(` > ${fullName}`, failureMessages?.[0]));
  });
}

const firstLine = (text: string) => stripVTControlCharacters(text.trim().split('\n', 1)[0] ?? '').slice(0, 500);

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

const stdout = outputOn(process.stdout);
const stderr = outputOn(process.stderr);
const say = (line: string) => stdout.write(`${line}\n`);
/** Where the temporary files of these tests are, unless somebody said where they shall be. */
let memory: TemporaryDirectory | null = null;
/** What was skipped, and why: it is told at the end. */
const notes: string[] = [];

const usage = `soundbite.sh test [check|${projects.join('|')}]`;

async function main(asked: readonly string[]): Promise<number> {
  if (asked.some((word) => ['--help', '-h', 'help'].includes(word))) {
    say(
      `Usage: ${usage} ...\n\nRuns check, containers, parts, screens and journeys, or the named ones, in that order; page is the screens, and of the journeys those of the page. The last line counts all tests.`,
    );
    return 0;
  }
  const unknown = asked.filter((part) => part !== 'check' && !projects.includes(part));
  if (unknown.length > 0) {
    stderr.write(`error: ${unknown.join(', ')}: no such part of the tests\n    → ${usage}\n`);
    return 2;
  }
  const parts = asked.length > 0 ? asked : ['check', 'containers', ...lanes.flat()];
  notes.push(...(await provide(parts)));
  const reports = mkdtempSync(join(tmpdir(), 'soundbite-test-'));
  memory = process.env.TMPDIR ? null : memoryDirectory();
  if (memory !== null) process.env.TMPDIR = memory.path;
  try {
    const failed: string[] = [];
    for (const side of sidesOf(parts)) {
      const ends: Promise<string[]>[] = [];
      for (const lane of side) ends.push(runLane(lane, reports, ends.at(-1)));
      failed.push(...(await Promise.all(ends)).flat());
    }
    const exit = verdict(failed, reports);
    return stopped ?? exit;
  } finally {
    rmSync(reports, { recursive: true });
    memory?.remove();
  }
}

/** The lanes that run at once, one set after the other: first what runs by itself. */
export function sidesOf(parts: readonly string[]): string[][][] {
  const beside = lanes.map((lane) => lane.filter((part) => parts.includes(part))).filter(({ length }) => length > 0);
  const alone = parts.filter((part) => !beside.flat().includes(part)).map((part) => [[part]]);
  return beside.length === 0 ? alone : [...alone, beside];
}

async function runLane(lane: readonly string[], reports: string, after?: Promise<unknown>): Promise<string[]> {
  const failed: string[] = [];
  for (const part of lane) failed.push(...(await runPart(part, reports, after)));
  return failed;
}

/** `after`: what it says is told when this has ended, too: two voices at once would break each other's lines. */
function runPart(part: string, reports: string, after?: Promise<unknown>): Promise<string[]> {
  if (part === 'check') return check(reports);
  return part === 'containers' ? runContainers(reports) : runProject(part, reports, after);
}

/** No test has this name: all are skipped, and counted so. */
const noTest = ['--testNamePattern', '$.^'];

/** On the engine that there is, or that may be started: SOUNDBITE_TEST_ENGINE=start, which .ci/run says. */
async function runContainers(reports: string): Promise<string[]> {
  const engine = await engineForTests(process.env.SOUNDBITE_TEST_ENGINE === 'start', say);
  try {
    if (engine.host !== null) return await runProject('containers', reports, undefined, { DOCKER_HOST: engine.host });
    const failed = await runProject('containers', reports, undefined, {}, noTest);
    const report = JSON.parse(readFileSync(reportOf(reports, 'containers'), 'utf8')) as VitestReport;
    notes.push(`containers: ${report.numPendingTests} skipped, no Docker engine`);
    return failed;
  } finally {
    await engine.stop();
  }
}

/** The steps of `npm run check`, side by side those that are not tests: each of them takes one processor for a while. Names those that failed. */
async function check(reports: string): Promise<string[]> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { check: string } };
  const steps = stepsOfCheck(scripts.check);
  const ends: Promise<string[]>[] = [];
  for (const step of steps.filter((one) => !projects.includes(one))) {
    const ended = npm(['run', '--silent', step], { after: ends.at(-1) });
    ends.push(ended.then((well) => (well ? [] : [step])));
  }
  const failed = (await Promise.all(ends)).flat();
  for (const step of steps.filter((one) => projects.includes(one))) failed.push(...(await runProject(step, reports)));
  return failed;
}

const reportOf = (reports: string, project: string) => join(reports, `${project}.json`);

/** One Vitest project, on the screen and into a report. */
async function runProject(
  project: string,
  reports: string,
  after?: Promise<unknown>,
  more: NodeJS.ProcessEnv = {},
  options: readonly string[] = [],
) {
  const report = `--outputFile.json=${reportOf(reports, project)}`;
  const args = ['run', '--silent', project, '--', ...options, '--reporter=default', '--reporter=json', report];
  const within = memory === null || project === 'unit' ? [] : withMemoryForRoot(memory);
  return (await npm(args, { after, within, env: { ...process.env, ...more } })) ? [] : [project];
}

async function npm(args: readonly string[], options: ProgramOptions = {}): Promise<boolean> {
  const shown = args.slice(0, 3).filter((arg) => arg !== '--silent');
  say(`\n── npm ${shown.join(' ')}${options.after ? ' (told at its end)' : ''}`);
  return program('npm', args, options);
}

interface ProgramOptions {
  readonly quiet?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** It runs beside another one: what it says is told when both have ended. */
  readonly after?: Promise<unknown> | undefined;
  /** A command that becomes the program. */
  readonly within?: readonly string[];
}

/** The exit code after a signal that ends the tests; then no further program is begun. */
let stopped: number | undefined;

/**
 * Runs a program on the screen; true when it ended well. A terminal is its own; anything else is written by us, so that a reader that leaves ends
 * no test. On a signal we stay until it has ended, and with it what it started: a terminal's Ctrl-C has reached it already.
 */
async function program(
  command: string,
  args: readonly string[],
  { quiet = false, env = process.env, after, within = [] }: ProgramOptions = {},
) {
  if (stopped !== undefined) return false;
  const [out, err] = [stdout, stderr].map(({ isTTY }) => (isTTY && !after ? 'inherit' : 'pipe'));
  const [first = command, ...rest] = [...within, command, ...args];
  const child = spawn(first, rest, {
    cwd: root,
    env,
    stdio: ['inherit', quiet ? 'ignore' : out, err] as StdioOptions,
  });
  const ended = once(child, 'close').then(
    ([code]) => code === 0,
    () => false,
  );
  const signals = { SIGINT: 130, SIGTERM: 143 } as const;
  const onSignal = (signal: NodeJS.Signals) => {
    stopped = signals[signal as keyof typeof signals];
    if (signal === 'SIGTERM') child.kill(signal);
  };
  for (const signal of Object.keys(signals)) process.once(signal, onSignal);
  const told: string[] = [];
  const [toOut, toErr] = after ? [keep(told), keep(told)] : [tell(stdout), tell(stderr)];
  await Promise.all([relay(child.stdout, toOut), relay(child.stderr, toErr)]);
  const well = await ended;
  await after;
  for (const text of told) await tell(stdout)(text);
  for (const signal of Object.keys(signals)) process.off(signal, onSignal);
  return well;
}

type Tell = (text: string) => Promise<void>;

async function relay(from: NodeJS.ReadableStream | null, to: Tell): Promise<void> {
  for await (const text of from?.setEncoding('utf8') ?? []) await to(String(text));
}

const tell =
  (to: Output): Tell =>
  async (text) => {
    to.write(text);
    await to.room();
  };

const keep =
  (told: string[]): Tell =>
  async (text) => {
    told.push(text);
  };

function verdict(failed: readonly string[], reports: string): number {
  const files = projects.map((project) => reportOf(reports, project)).filter((file) => existsSync(file));
  const results = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as unknown);
  const counts = countTests(results);
  for (const line of ['', ...notes, ...failuresOf(results)]) say(line);
  if (failed.length > 0) say(`failed: ${failed.join(', ')}`);
  say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return failed.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

/** A program without which tests are skipped: any of these names. The first is the best, and that of the Debian package which brings it. */
interface Wanted {
  readonly programs: readonly string[];
  readonly tests: string;
  /** The parts of the tests that use it. */
  readonly parts: readonly string[];
}

const wanted: readonly Wanted[] = [
  { programs: anyChromium, tests: 'the browser tests', parts: ['parts', 'page', 'screens', 'journeys'] },
  { programs: ['zsh'], tests: "the tests of zsh's completion", parts: ['check', 'unit'] },
  { programs: ['fish'], tests: "the tests of fish's completion", parts: ['check', 'unit'] },
];

const packageOf = ({ programs }: Wanted): string => programs[0] ?? '';

/** Provides what these parts want: root gets Debian's packages; anybody else, and a machine without them, is told what was skipped and why. */
async function provide(parts: readonly string[]): Promise<string[]> {
  const used = wanted.filter((one) => one.parts.some((part) => parts.includes(part)));
  const missing = used.map(packageOf).filter((name) => programPath([name]) === undefined);
  if (missing.length > 0 && process.getuid?.() === 0 && programPath(['apt-get']) !== undefined) {
    say(`installing ${missing.join(', ')} for tests that need it (apt-get)`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await program('apt-get', ['update', '-qq'], { quiet: true, env });
    // One by one: one that is not to be had keeps none of the others away.
    for (const name of missing)
      await program('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { quiet: true, env });
  }
  const lacking = used.filter(({ programs }) => programPath(programs) === undefined);
  return lacking.map((one) => {
    const name = packageOf(one);
    return `${one.tests} were skipped: there is no ${name} here; install it: apt-get install ${name}`;
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = await conclude({ stdout, stderr }, await main(process.argv.slice(2)), false);
