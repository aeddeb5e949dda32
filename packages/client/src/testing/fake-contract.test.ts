import { approvalGate, type Digest } from '@soundbite/model';
import { afterAll, beforeAll, describe } from 'vitest';
import { controlPlaneContract } from './contract.ts';
import { type FakeControlPlane, startFake } from './fake-control-plane.ts';
import { names, usualEnvironments } from './fake-declaration.ts';
import { makeWorld } from './fake-world.ts';

const release: Digest = `sha256:${'a'.repeat(64)}`;

/** The last one is a real account. */
const onAws = {
  ...{ kind: 'real' as const, account: '123456789012', region: 'eu-central-1' },
  role: 'arn:aws:iam::123456789012:role/controller',
};

let fake: FakeControlPlane;
beforeAll(async () => {
  const approval = { gate: 'approval', options: approvalGate.options.parse({}) };
  const declared = usualEnvironments().map((one) =>
    one.name === names.at(-1) ? { ...one, cloud: onAws, gates: [approval, ...one.gates] } : one,
  );
  const world = makeWorld(Object.fromEntries(names.map((name) => [name, release])), declared);
  world.addRelease(release);
  world.log({ at: new Date().toISOString(), source: 'api', text: '{"level":30,"msg":"spoke"}' });
  fake = await startFake(world);
});
afterAll(() => fake.stop());

/** tests/contract/control-plane.test.ts holds the real one to the same. */
describe('the fake control plane', () => {
  controlPlaneContract(() => ({ endpoint: fake, goOn: (id) => void fake.world.end(id, 'succeeded') }));
});
