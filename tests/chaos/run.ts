/**
 * `npm run chaos -- --seed N [--control-plane 20] [--postgres 5] [--account 5] [--environments a,b] [--no-others] [--home <dir>]`
 * Progress goes to standard error, one JSON line to standard output. Exit code 0: all held; 1: something did not; 2: wrong usage.
 */
import { parseArgs } from 'node:util';
import { cli } from '../support/cli.ts';
import { temporaryHome } from '../support/home.ts';
import { chaos } from './chaos.ts';
import { stageAt } from './stage.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'control-plane': { type: 'string', default: '20' },
    postgres: { type: 'string', default: '5' },
    account: { type: 'string', default: '5' },
    environments: { type: 'string', default: 'dev-localstack,dev-aws-deployed,staging' },
    'no-others': { type: 'boolean', default: false },
    home: { type: 'string' },
  },
});

const whole = (name: 'seed' | 'control-plane' | 'postgres' | 'account'): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} is ${values[name]}: give a whole number\n`);
  process.exit(2);
};
const counts = {
  seed: whole('seed'),
  'control-plane': whole('control-plane'),
  postgres: whole('postgres'),
  account: whole('account'),
  others: !values['no-others'],
  environments: values.environments.split(','),
};

const begun = performance.now();
const say = (line: string): void => {
  process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);
};

/** A home that was given must run already and is left as it was; one of our own is ended and removed. */
async function homeOf(given: string | undefined): Promise<{ home: string; remove(): Promise<void> }> {
  if (given !== undefined) return { home: given, remove: async () => {} };
  const own = await temporaryHome();
  say('bringing five environments up');
  const up = await cli(['up', '--json'], { home: own.home });
  if (up.code === 0) return own;
  await own.remove();
  throw new Error(`up failed with exit code ${up.code}:\n${up.stderr}`);
}

const { home, remove } = await homeOf(values.home);
try {
  const result = await chaos(stageAt(home, say), counts);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.ok ? 0 : 1;
} finally {
  await remove();
}
