import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InspectedFunction, Inspection } from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readDeliverable } from '../../packages/release/src/undeliverable.ts';
import { codeDeploy, images, machineAndStreams, plainInit, vpcLookup } from '../services/inspected/apps.ts';
import { cli } from '../support/cli.ts';

let place: string;
beforeAll(() => {
  // Placeholders of a lookup are no ids: the CDK would warn of each.
  vi.stubEnv('CDK_VALIDATION', 'false');
  place = mkdtempSync(join(tmpdir(), 'soundbite-inspect-'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(place, { recursive: true, force: true });
});

const inspected = (directory: string, ...more: string[]) =>
  cli(['inspect', join(place, directory), ...more], { home: join(place, 'home') });

/** What is said of an app by the real command, and that its exit code says the same in short. */
async function saidOf(make: (outdir: string) => void): Promise<Inspection> {
  make(join(place, make.name));
  const run = await inspected(make.name, '--json');
  const said = run.json<Inspection>();
  const isFit = said.problems.length === 0 && said.functions.every(({ promotable }) => promotable);
  expect(run.code).toBe(isFit ? 0 : 1);
  return said;
}

const short = ({ path, promotable, triggers, prevents }: InspectedFunction) => ({
  path,
  promotable,
  calls: triggers.map(({ kind, verdict, calls }) => `${kind} ${verdict} ${calls}`).sort(),
  prevents,
});

describe('an app that is inspected', () => {
  it('and looks up the VPC of an account that it names can be delivered once it does neither, and leaves the security group to another stack', async () => {
    const { functions, problems, stacks } = await saidOf(vpcLookup);
    expect(functions.map(short)).toEqual([
      { path: 'Shop/Shop', promotable: true, calls: ['http-api moves the function'], prevents: [] },
    ]);
    expect(stacks).toMatchObject([{ name: 'Shop', account: '111122223333', region: 'eu-west-1' }]);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('Shop names account 111122223333'),
      expect.stringMatching(/^the synthesis looks up vpc-provider:.*tag:Name=main/),
      'AWS::EC2::SecurityGroup is no type of resource that a service may hold here',
    ]);
  });

  it('and is delivered by CodeDeploy has an alias that is taken over, and a version that each deployment replaces', async () => {
    const { functions, replaced, problems } = await saidOf(codeDeploy);
    expect(functions.map(short)).toEqual([
      {
        path: 'Mailer/Mailer',
        promotable: true,
        calls: ['sqs stays alias prod'],
        prevents: [],
      },
    ]);
    expect(functions[0]?.notes).toEqual([
      expect.stringMatching(/^CodeDeploy moves its alias prod with each deployment/),
    ]);
    expect(replaced.map(({ stack, type }) => [stack, type])).toEqual([['Mailer', 'AWS::Lambda::Version']]);
    expect(problems).toEqual([]);
  });

  it('and has streams and a state machine names them where they stand, over the border of its stacks', async () => {
    const { functions } = await saidOf(machineAndStreams);
    expect(functions.map(short)).toEqual([
      {
        path: 'OrdersWork/Index',
        promotable: false,
        calls: ['dynamodb-stream refused the function', 'kinesis refused the function'],
        prevents: [],
      },
      {
        path: 'OrdersWork/Charge',
        promotable: true,
        calls: ['sqs moves the function', 'state-machine stays the function'],
        prevents: [],
      },
      { path: 'OrdersWork/Sweep', promotable: true, calls: ['schedule moves the function'], prevents: [] },
    ]);
    const [index] = functions;
    expect(index?.where.source).toMatch(/^tests\/services\/inspected\/apps\.ts:\d+$/);
    expect(index?.where.line).toBeGreaterThan(1);
    expect(index?.triggers[0]?.where.source).toMatch(/apps\.ts:\d+$/);
  });

  it('and has images, nested stacks and custom resources is told of each what is not delivered yet, and what to do instead', async () => {
    const { functions, helpers, problems } = await saidOf(images);
    expect(functions.map(short)).toEqual([
      {
        path: 'Photos/Resize',
        promotable: false,
        calls: [],
        prevents: ['it is a container image, and those are not delivered yet'],
      },
      { path: 'Photos/Tag', promotable: true, calls: ['sqs moves the function'], prevents: [] },
    ]);
    expect(functions.map(({ package: kind, runtime }) => [kind, runtime])).toEqual([
      ['image', null],
      ['zip', 'python3.13'],
    ]);
    expect(helpers.map(({ path }) => path)).toEqual([
      'Photos/Custom::S3AutoDeleteObjectsCustomResourceProvider/Handler',
    ]);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/Inner.* is a nested stack/),
      expect.stringContaining('Custom::S3AutoDeleteObjects is a custom resource'),
    ]);
    expect(problems.every(({ hint }) => hint.length > 0)).toBe(true);
  });

  it('and was only just made by `cdk init` has nothing to deliver', async () => {
    const { functions, problems } = await saidOf(plainInit);
    expect(functions).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual(['the app has no Lambda function']);
  });

  it.each([
    ['looks up and names an account', vpcLookup, /names account 111122223333.*\n.*looks up vpc-provider/],
    [
      'has images, a nested stack and a custom resource',
      images,
      /nested stack.*\n.*custom resource.*\n.*container image/s,
    ],
    [
      'has a state machine and a stream',
      machineAndStreams,
      /AWS::Kinesis::Stream is no type.*\n.*AWS::StepFunctions::StateMachine is no type/,
    ],
  ])('and %s is refused when a release is cut', async (_what, { name }, message) => {
    await expect(readDeliverable(join(place, name), 'staging')).rejects.toMatchObject({
      code: 'assembly-undeliverable',
      message: expect.stringMatching(message),
    });
  });

  it('is read by people in the same order: functions with what calls them, then the whole app', async () => {
    const { stdout } = await inspected(vpcLookup.name);
    expect(stdout).toMatch(
      /Shop: \d+ resources.*✓ Shop\/Shop nodejs22\.x, zip, tests\/services\/inspected\/apps\.ts:\d+\n {4}moves {3}HTTP API.*prevents the delivery of the app\n.* {4}→ leave `env` out/s,
    );
  });
});

describe('what is no cloud assembly', () => {
  it.each([
    ['a directory without a manifest', () => mkdirSync(join(place, 'empty')), 'empty', 'assembly-missing'],
    ['no directory', () => undefined, 'nowhere', 'assembly-missing'],
    ['half a manifest', () => half('manifest.json', '{"artifacts": {'), 'half', 'assembly-unreadable'],
  ])('%s: one sentence, a hint, exit 2', async (_, make, directory, code) => {
    make();
    const run = await inspected(directory, '--json');
    expect(run.code).toBe(2);
    expect(run.json()).toMatchObject({ error: { code, hint: expect.stringContaining('npx cdk synth') } });
  });

  it('whose template is cut off is named by its file', async () => {
    half('T.template.json', '{');
    half('manifest.json', JSON.stringify({ artifacts: { T: { type: 'aws:cloudformation:stack' } } }));
    const run = await inspected('half', '--json');
    expect(run.code).toBe(2);
    expect(run.stdout).toContain('T.template.json');
  });
});

function half(file: string, text: string): void {
  mkdirSync(join(place, 'half'), { recursive: true });
  writeFileSync(join(place, 'half', file), text);
}
