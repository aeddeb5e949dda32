import { type Digest, digestOf, type Holdings, holdingsIn, noHoldings } from '@soundbite/model';
import { beforeEach, expect, it } from 'vitest';
import { bootstrapEnvironment } from './bootstrap.ts';
import type { World } from './world/world.ts';

const [newest, older] = [digestOf('newest'), digestOf('older')];
const queue = { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } };
const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders' } } };

/** For what the account was bootstrapped, in order. */
const made: Holdings[] = [];
let allowed: Holdings | null;
let templates: Record<Digest, object>;
beforeEach(() => {
  made.length = 0;
  allowed = null;
  templates = { [newest]: { ...queue, ...table }, [older]: queue };
});

const world = {
  declaration: () => ({ environments: [{ name: 'staging', cloud: { kind: 'real' } }] }),
  clouds: { of: async () => ({ checkpoint: async () => {} }) },
  releases: { list: async () => Object.keys(templates).map((digest) => ({ digest })) },
  template: async (release: Digest) => ({ Resources: templates[release] }),
  infrastructure: {
    allowed: async () => allowed,
    async bootstrap(_environment: unknown, _cloud: unknown, holdings: Holdings) {
      made.push(holdings);
      return { changed: true };
    },
  },
} as unknown as World;
const bootstrap = (request: { release?: Digest; preview?: boolean } = {}) =>
  bootstrapEnvironment(world, 'staging', { preview: false, ...request });

const ofQueue = 'AWS::SQS::Queue Queue (named by CloudFormation)';
const ofTable = 'AWS::DynamoDB::Table Table (orders)';

it('is for the newest release, or for the one that was named, and says what is new', async () => {
  expect(await bootstrap()).toEqual({
    environment: 'staging',
    changed: true,
    release: newest,
    added: [ofTable, ofQueue],
  });
  allowed = holdingsIn({ Resources: queue });
  expect(await bootstrap()).toMatchObject({ added: [ofTable] });
  expect(await bootstrap({ release: older })).toMatchObject({ release: older, added: [] });
  expect(made).toEqual([newest, newest, older].map((release) => holdingsIn({ Resources: templates[release] })));
});

it('changes nothing for a preview', async () => {
  expect(await bootstrap({ preview: true })).toMatchObject({ changed: false, added: [ofTable, ofQueue] });
  expect(made).toEqual([]);
});

it('makes what every environment needs while there is no release', async () => {
  templates = {};
  expect(await bootstrap()).toMatchObject({ release: null, added: [] });
  expect(made).toEqual([noHoldings]);
});

it('refuses what no bootstrap allows, and what does not fit into policies, before anything is touched', async () => {
  templates = { [newest]: { Key: { Type: 'AWS::KMS::Key', Properties: {} } } };
  await expect(bootstrap()).rejects.toMatchObject({ code: 'assembly-undeliverable' });
  const many = Array.from({ length: 100 }, (_, at) => [
    `Handler${at}`,
    { Type: 'AWS::Lambda::Function', Properties: {} },
  ]);
  templates = { [newest]: Object.fromEntries(many) };
  await expect(bootstrap({ preview: true })).rejects.toMatchObject({ code: 'holdings-too-many' });
  expect(made).toEqual([]);
});
