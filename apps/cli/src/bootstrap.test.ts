import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { environmentsIn } from '@soundbite/model/declaration/testing/given.ts';
import { afterEach, expect, it } from 'vitest';
import { a, json, setChain } from './testing/chain.ts';
import { type CliStage, setStage } from './testing/stage.ts';

const text = `version: 1
environments:
  - name: dev-aws
    cloud: { kind: real, account: "123456789012", region: eu-central-1, role: "arn:aws:iam::123456789012:role/soundbite-dev-aws-controller" }
    protected: false
    gates: []
    authorizer: { issuer: "https://id.example.com/", audience: [orders] }
`;
const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean();
});

/** A repository that declares dev-aws on a real account. */
async function onReal(): Promise<CliStage> {
  const root = mkdtempSync(join(tmpdir(), 'soundbite-repository-'));
  cleanUp.push(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'environments.yaml'), text);
  writeFileSync(join(root, 'package.json'), '{"version":"0.1.0"}');
  const world = makeWorld({}, environmentsIn({ text }));
  world.addRelease(a);
  const stage = await setStage(world, { root });
  cleanUp.push(stage.close);
  return stage;
}

it('bootstrap of a real account wants a yes to what is new, and changes nothing without one', async () => {
  const real = await onReal();
  const asked = await real.run('bootstrap', 'dev-aws');
  expect(asked).toMatchObject({ exit: 2, stdout: '' });
  expect(asked.stderr).toContain('bootstrap of dev-aws needs confirmation');
  expect(asked.stderr).toContain('soundbite bootstrap dev-aws --confirm dev-aws');
  expect(asked.stderr).not.toContain('bootstrapping');
});

it('says what is new in what the environment may hold, for people and with --json', async () => {
  const real = await onReal();
  const { stdout, exit } = await real.run('bootstrap', 'dev-aws', '--release', a, '--yes');
  expect(exit).toBe(0);
  expect(stdout.trim().split('\n')).toEqual([
    'bootstrapping dev-aws',
    'dev-aws is bootstrapped now',
    'new in what dev-aws may hold for release aaaaaaaaaaaa:',
    '  AWS::SQS::Queue Queue (named by CloudFormation)',
  ]);
  const document = json(await real.run('bootstrap', 'dev-aws', '--confirm', 'dev-aws', '--json'));
  expect(document).toMatchObject({ environment: 'dev-aws', changed: true, added: [expect.any(String)] });
});

it('asks nobody for an emulated account', async () => {
  const stage = await setChain();
  cleanUp.push(stage.close);
  expect(await stage.run('bootstrap', 'staging')).toMatchObject({ exit: 0 });
});
