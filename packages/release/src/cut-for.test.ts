import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Release } from '@soundbite/model';
import { afterAll, expect, it } from 'vitest';
import { templateOf } from './cut-for.ts';
import { temporary } from './testing.ts';

const place = temporary();
afterAll(place.remove);

const release = {
  digest: `sha256:${'a'.repeat(64)}`,
  directory: place.directory,
  manifest: { environments: ['qa', 'live'] },
} as unknown as Release;

const stack = { type: 'aws:cloudformation:stack' };
const write = (name: string, value: unknown) =>
  writeFileSync(join(place.directory, 'assembly/live', name), JSON.stringify(value));

it('a release brings the template of an environment that was declared when it was cut', async () => {
  await mkdir(join(place.directory, 'assembly/live'), { recursive: true });
  write('manifest.json', { artifacts: { Tree: { type: 'cdk:tree' }, 'soundbite-live': stack } });
  write('soundbite-live.template.json', { Resources: {} });
  expect(await templateOf(release, 'live')).toEqual({ Resources: {} });
});

it('of several stacks it brings one template, in which an id says whose it is', async () => {
  write('manifest.json', { artifacts: { 'orders-data': stack, 'orders-api': stack } });
  write('orders-data.template.json', { Resources: { Table: { Type: 'AWS::DynamoDB::Table' } } });
  write('orders-api.template.json', { Resources: { Table: { Type: 'AWS::Lambda::Function' } } });
  expect(await templateOf(release, 'live')).toMatchObject({
    Resources: {
      'orders-data/Table': { Type: 'AWS::DynamoDB::Table' },
      'orders-api/Table': { Type: 'AWS::Lambda::Function' },
    },
  });
});

it('of one that was declared since, it says that it was cut without it', async () => {
  await expect(templateOf(release, 'eu')).rejects.toMatchObject({
    code: 'environment-unknown',
    message: `${release.digest} was cut without environment eu`,
    hint: 'it has qa, live; cut a release that declares it',
  });
});
