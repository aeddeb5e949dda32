/** `npm run chaos`: its help says how. Progress goes to standard error, one JSON line to standard output. */
import { parseArgs } from 'node:util';
import { cli } from '../support/cli.ts';
import { temporaryHome } from '../support/home.ts';
import { chaos } from './chaos.ts';
import { teamOf } from './homes.ts';
import { type ChaosStage, stageAt } from './stage.ts';
import { waits } from './waits.ts';

const help = `npm run chaos -- [options]

Promotes, has promotions wait, lets them go, goes back, and kills -9 something at random moments of it. Prints one JSON line.
Exit code 0: all held; 1: something did not; 2: wrong usage.

  --seed N             the same seed makes the same run; of the clock when absent
  --homes N            homes, each with a control plane, on one database (2); 0: one home with its own database and all declared environments
  --control-plane N    kills of control planes (20)
  --postgres N         kills of Postgres (5)
  --account N          kills of emulated accounts (5)
  --waiting PERCENT    of the promotions that may, so many wait first: for a freeze, a hold or two people. One of the kills comes while it waits,
                       another one while it is let go or runs (50)
  --rivals N           kills of two control planes that share environments in memory, and of their Postgres (20)
  --no-others          without one kill each of every home's host, edge, service process and double of Polly
  --environments A,B   into which is promoted (dev-localstack,dev-aws-deployed,staging)
  --home DIRECTORY     a home that runs, instead of new ones; it is left as it was
  --help

In the result: \`during\` tells kills of waiting and of running promotions apart; \`lost\`, \`doubled\`, \`overlapping\` and \`early\` (let in before it might)
are counted by the ledger; \`failures\` says each of them, and whatever else was not as in an undisturbed run.
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    homes: { type: 'string', default: '2' },
    'control-plane': { type: 'string', default: '20' },
    postgres: { type: 'string', default: '5' },
    account: { type: 'string', default: '5' },
    waiting: { type: 'string', default: '50' },
    rivals: { type: 'string', default: '20' },
    environments: { type: 'string', default: 'dev-localstack,dev-aws-deployed,staging' },
    'no-others': { type: 'boolean', default: false },
    home: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const whole = (name: 'seed' | 'homes' | 'control-plane' | 'postgres' | 'account' | 'waiting' | 'rivals'): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} is ${values[name]}: give a whole number\n`);
  process.exit(2);
};

const begun = performance.now();
const say = (line: string): void => {
  process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);
};

/** Where chaos is made; what was given is left as it is, what is our own is ended and removed. */
async function stagesOf(
  given: string | undefined,
  homes: number,
): Promise<{ stages: ChaosStage[]; remove(): Promise<void> }> {
  if (given !== undefined) return { stages: [stageAt(given, say)], remove: async () => {} };
  if (homes > 0) return teamOf(homes, say);
  const own = await temporaryHome();
  say('bringing five environments up');
  const up = await cli(['up', '--json'], { home: own.home });
  if (up.code === 0) return { stages: [stageAt(own.home, say)], remove: own.remove };
  await own.remove();
  throw new Error(`up failed with exit code ${up.code}:\n${up.stderr}`);
}

const counts = {
  seed: whole('seed'),
  'control-plane': whole('control-plane'),
  postgres: whole('postgres'),
  account: whole('account'),
  waiting: whole('waiting') / 100,
  rivals: whole('rivals'),
  others: !values['no-others'],
  environments: values.environments.split(','),
};
const { stages, remove } = await stagesOf(values.home, whole('homes'));
try {
  // Only the homes of a team declare that two people are asked.
  const possible = waits.filter((wait) => wait !== 'approval' || stages.every(({ asksPeople }) => asksPeople));
  const result = await chaos(stages, { ...counts, waits: possible });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.ok ? 0 : 1;
} finally {
  await remove();
}
