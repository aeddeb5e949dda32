import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentStatus, type PromotionDocument, soundbite, status } from '../support/environments.ts';
import { failures, pollingClient } from '../support/polling-client.ts';
import type { Repository } from '../support/repository.ts';
import { workingCopy } from '../support/working-copy.ts';

/** A change that makes a bad release, and what the record must say of it. */
interface Badness {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly stopsAt: string;
  readonly because: RegExp;
  readonly environments: readonly string[];
}

const process = 'dev-localstack';
const lambda = 'dev-aws-deployed';
/**
 * Where a badness is tried of which one runtime shows what the other would. `SOUNDBITE_BAD_RELEASES=whole` tries each in both (docs/decisions/0061).
 */
const inOne = (name: string) => (whole ? [process, lambda] : [name]);
const whole = env.SOUNDBITE_BAD_RELEASES === 'whole';

const bad: readonly Badness[] = [
  {
    name: 'whose API crashes at start',
    file: 'apps/service/src/http/app.ts',
    from: '  const { settings } = parts;\n  const app = new Hono',
    to: "  const { settings } = parts;\n  if (settings) throw new Error('boom at start');\n  const app = new Hono",
    stopsAt: 'publish|smoke',
    because: /boom at start/,
    // tests/parts/runtimes/process.test.ts has a process that crashes at its start.
    environments: inOne(lambda),
  },
  {
    name: 'that answers 500',
    file: 'apps/service/src/http/soundbites.ts',
    from: '    const rehearsal = isRehearsal(c, parts.settings);\n',
    to: "    const rehearsal = isRehearsal(c, parts.settings);\n    if (c) throw new Error('boom on request');\n",
    stopsAt: 'smoke',
    because: /accepts: .*500/,
    // The demo has it, and its users (the-page.test.ts). The next two are stopped by the smoke of functions and of processes.
    environments: whole ? [process, lambda] : [],
  },
  {
    name: 'whose worker never finishes a job',
    file: 'apps/service/src/worker/job.ts',
    from: '  const begun = parts.now();\n',
    to: '  const begun = parts.now();\n  await new Promise(() => {});\n',
    stopsAt: 'smoke',
    because: /worker: /,
    environments: [lambda],
  },
  {
    name: 'that uses a permission its role lacks',
    file: 'apps/service/src/worker/job.ts',
    from: '    await make(parts, soundbite',
    to: `    const { DescribeTableCommand, DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    await new DynamoDBClient({ region: parts.settings.region }).send(new DescribeTableCommand({ TableName: 'soundbite-dev-aws-deployed' }));
    await make(parts, soundbite`,
    stopsAt: 'smoke',
    because: /not authorized.*DescribeTable|DescribeTable.*not authorized/s,
    environments: [process, lambda],
  },
  {
    name: 'whose template takes away a permission that the live version uses',
    file: 'cdk/lib/guardrails.ts',
    from: "allow(['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], ...objects)",
    to: "allow(['s3:DeleteObject', 's3:PutObject'], ...objects)",
    stopsAt: 'plan',
    because: /s3:GetObject/,
    environments: [process, lambda],
  },
];

let copy: Repository;
beforeAll(async () => {
  copy = await workingCopy();
});
afterAll(() => copy?.remove());

/** The last release that was cut here. */
let last: Cut | undefined;

interface Cut {
  readonly release: string;
  readonly path: string;
}

async function cut(): Promise<Cut> {
  const run = await soundbite('release', 'cut', '--source', copy.directory, '--json');
  expect(run.code, run.stderr + run.stdout).toBe(0);
  return run.json<Cut>();
}

/** Promotes a bad release under the eyes of a client, and asserts that no user ever met it. */
async function refused(name: string, release: string): Promise<PromotionDocument> {
  const before = await environmentStatus(name);
  const client = pollingClient(before.url);
  const run = await soundbite(
    'promote',
    name,
    '--release',
    release,
    '--override',
    '--reason',
    'a journey tries a bad release',
    '--json',
  );
  const answers = await client.stop();
  expect(run.code, run.stdout + run.stderr).toBe(1);
  const promotion = run.json<PromotionDocument>();
  expect(promotion).toMatchObject({ state: 'failed', environment: name, release, previous: before.release });
  expect(promotion.steps.map((step) => step.name)).not.toContain('shift');
  expect(failures(answers)).toEqual([]);
  expect(new Set(answers.map((answer) => answer.release))).toEqual(new Set([before.release]));
  expect(answers.length).toBeGreaterThan(3);
  expect(await environmentStatus(name)).toMatchObject({ state: 'healthy', release: before.release });
  return promotion;
}

describe.each(bad.filter((one) => one.environments.length > 0))(
  'a release $name',
  ({ file, from, to, stopsAt, because, environments }) => {
    let release: string;
    beforeAll(async () => {
      await copy.edit(file, from, to);
      await copy.commit('A change that must not reach a user');
      last = await cut();
      release = last.release;
      await copy.edit(file, to, from);
      await copy.commit('Undo it');
    });

    it.concurrent.each(environments)('is stopped in %s, which serves the old release throughout', async (name) => {
      const { steps, reason } = await refused(name, release);
      expect(steps.find((step) => step.state === 'failed')?.name).toMatch(new RegExp(`^(${stopsAt})$`));
      expect(reason).toMatch(because);
    });
  },
);

describe('a release altered by one byte after it was cut', () => {
  it('is refused before anything is touched, and the file is named', async () => {
    const { release, path } = last ?? (await cut());
    const zip = join(path, 'service.zip');
    await chmod(zip, 0o600);
    const file = await open(zip, 'r+');
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, 1000);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 1000);
    await file.close();

    const promotion = await refused(process, release);
    expect(promotion.steps.map((step) => `${step.name} ${step.state}`)).toEqual(['verify failed']);
    expect(promotion.reason).toContain('service.zip');

    const verify = await soundbite('release', 'verify', release, '--json');
    expect(verify.code).toBe(1);
    expect(verify.json()).toMatchObject({
      error: { code: 'release-altered', message: expect.stringContaining('service.zip') },
    });
  });
});

it('after all of them the five environments are healthy', async () => {
  for (const { name, state } of (await status()).environments) expect(`${name} ${state}`).toBe(`${name} healthy`);
});
