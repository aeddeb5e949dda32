import type { HealthReport, Status } from '@soundbite/client';
import { expect, inject, it } from 'vitest';
import { type PromotionDocument, soundbite, status } from '../support/environments.ts';

const upStaging = inject('upStaging');

it.skipIf(upStaging === null)('`up staging` on an empty home brings the release as far as staging', () => {
  const { environments } = JSON.parse(upStaging ?? '') as Status;
  expect(environments.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'dev-localstack healthy',
    'dev-aws healthy',
    'dev-aws-deployed healthy',
    'staging healthy',
    'production empty',
  ]);
  expect(new Set(environments.slice(0, 4).map(({ release }) => release)).size).toBe(1);
});

it('after a full `up`, `up dev-localstack` changes nothing, and what else runs goes on', async () => {
  const before = await status();
  const history = (await soundbite('history', '--json')).json();
  const up = await soundbite('up', 'dev-localstack', '--json');
  expect(up.code, up.stderr).toBe(0);
  expect(up.json()).toEqual(before);
  expect((await soundbite('history', '--json')).json()).toEqual(history);
});

it('`deploy dev-aws` brings the working tree through to dev-aws, and tells each promotion', async () => {
  const deployed = await soundbite('deploy', 'dev-aws', '--json');
  expect(deployed.code, deployed.stderr).toBe(0);
  const { promotions } = deployed.json<{ promotions: PromotionDocument[] }>();
  expect(promotions.map(({ environment, state }) => `${environment} ${state}`)).toEqual([
    'dev-localstack succeeded',
    'dev-aws succeeded',
  ]);
});

it('what looks takes several names, or all', async () => {
  const look = async (...words: string[]) => {
    const run = await soundbite(...words, '--json');
    expect(run.code, `${run.stderr}\n${run.stdout}`).toBe(0);
    return run.json<{ environments: unknown[]; findings: { name: string }[] }>();
  };
  expect((await look('validate')).environments).toHaveLength(5);
  const { environments: well } = (await look('health')) as unknown as HealthReport;
  expect(well.map(({ state }) => state)).toEqual(Array(5).fill('healthy'));
  for (const { name, components, findings } of well) {
    expect(
      findings.map((one) => one.name),
      name,
    ).toEqual(expect.arrayContaining(['queue', 'disk', 'credentials']));
    const serving = (components ?? []).filter(({ serves }) => serves);
    expect(serving.map(({ component }) => component).sort(), name).toEqual(['api', 'worker']);
    for (const { memory } of serving) expect(memory.limitMiB, name).toBeGreaterThan(0);
    // What is not known is not said to be well.
    for (const { component, memory } of serving)
      if (memory.peakMiB === null)
        expect(findings.find((one) => one.name === `memory ${component}`)).toMatchObject({ severity: 'unknown' });
  }
  const looked = (await look('doctor', 'production')).findings.map(({ name }) => name);
  expect(looked).toContain('production running');
  expect(looked.filter((name) => name.startsWith('staging '))).toEqual([]);
});
