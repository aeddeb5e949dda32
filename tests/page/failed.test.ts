import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { usualEnvironments } from '../../packages/client/src/testing/fake-declaration.ts';
import { makeWorld } from '../../packages/client/src/testing/fake-world.ts';
import { stackFailuresOf } from '../../packages/model/src/stacks/failures.ts';
import { chromiumPath } from '../support/chromium.ts';
import { looksWell, pageSuite, phoneSize, usuallyLive } from '../support/page-suite.ts';

/** What the page says of what failed in an account, and of what is there. dev-aws is a real one. */

const declared = usualEnvironments().map((one) =>
  one.name === 'dev-aws'
    ? {
        ...one,
        runtime: 'aws' as const,
        cloud: {
          kind: 'real' as const,
          account: '123456789012',
          region: 'eu-central-1',
          role: 'arn:aws:iam::123456789012:role/c',
        },
      }
    : one,
);

const on = pageSuite(() => makeWorld(usuallyLive, declared));
const at = 'https://eu-central-1.console.aws.amazon.com';

/** Where a link leads that leaves the page: in a tab of its own, which learns nothing of this one. */
async function leadsTo(link: Locator): Promise<string | null> {
  expect(await link.getAttribute('rel')).toBe('noreferrer noopener');
  expect(await link.getAttribute('target')).toBe('_blank');
  return link.getAttribute('href');
}

const said = (id: string, reason: string | null, cancelled = false) => ({
  ...{ stack: 'soundbite-dev-aws', arn: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/soundbite-dev-aws/1' },
  ...{ id, type: 'AWS::SQS::Queue', status: 'UPDATE_FAILED', reason, at: new Date().toISOString(), cancelled },
});

describe.skipIf(chromiumPath === undefined)('the page of a failed promotion', () => {
  it('has what CloudFormation said inline: the first first, and apart what was only cancelled', async () => {
    const { page, client, complaints } = await on.opened();
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote' });
    await expect.poll(() => on.fake.world.promotions.view(promotion).state).toBe('running');
    while (on.fake.world.promotions.view(promotion).steps.at(-1)?.name !== 'infrastructure')
      on.fake.world.advance(promotion);
    const evidence = stackFailuresOf([
      said('Topic', 'Resource update cancelled', true),
      said('Queue', '<script>alert(1)</script> \u202e is taken'),
      said('Table', null),
    ]);
    on.fake.world.end(promotion, 'failed', 'infrastructure: stack s is UPDATE_ROLLBACK_COMPLETE', evidence);
    await page.goto(`${on.fake.url}/promotions/${promotion}`);
    const list = page.getByRole('list', { name: 'What CloudFormation said' });
    await list.getByText('<script>alert(1)</script>  is taken').waitFor();
    expect(await list.locator('li .state').allTextContents()).toEqual(['Queue', 'Table']);
    await page.getByText('Only cancelled because of that: Topic').waitFor();
    await page
      .locator('.lane [data-state="failed"]')
      .getByText(/Queue \(AWS::SQS::Queue\): .* is taken, and 1 more resource/)
      .waitFor();
    expect(await leadsTo(page.getByRole('link', { name: 'events of soundbite-dev-aws' }))).toMatch(
      /#\/stacks\/events\?stackId=arn%3Aaws%3Acloudformation%3Aeu-central-1/,
    );
    await page.getByText('the whole message, with the way out').click();
    await page.getByText('infrastructure: stack s is UPDATE_ROLLBACK_COMPLETE').waitFor();
    await page.setViewportSize(phoneSize);
    await looksWell(page);
    expect(complaints).toEqual([]);
  });

  it('leads to what functions logged then, and an environment to what is in its account, where that is real', async () => {
    const { page, client, complaints } = await on.opened();
    const { promotion } = await client.promote({ environment: 'dev-aws', kind: 'promote' });
    await expect.poll(() => on.fake.world.promotions.view(promotion).state).toBe('running');
    while (on.fake.world.promotions.view(promotion).steps.at(-1)?.name !== 'smoke') on.fake.world.advance(promotion);
    on.fake.world.end(promotion, 'failed', 'smoke: no sound');
    await page.goto(`${on.fake.url}/promotions/${promotion}`);
    const { entries } = await client.timeline(promotion);
    const began = Date.parse(entries.find(({ step }) => step?.name === 'smoke')?.at ?? '');
    expect(await leadsTo(page.getByRole('link', { name: 'what api logged then' }))).toBe(
      `${at}/cloudwatch/home?region=eu-central-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fsoundbite-dev-aws-api/log-events$3Fstart$3D${began - 5000}$26end$3D${began + 5200}`,
    );

    await page.goto(`${on.fake.url}/environments/dev-aws`);
    const account = page.locator('section').filter({ has: page.getByRole('heading', { name: 'In its account' }) });
    const linked = (name: string) => leadsTo(account.getByRole('link', { name, exact: true }));
    expect(await linked('soundbite-dev-aws')).toMatch(/\/cloudformation\/home\?region=eu-central-1#\/stacks\/events/);
    expect(await linked('soundbite-dev-aws-api:live')).toBe(
      `${at}/lambda/home?region=eu-central-1#/functions/soundbite-dev-aws-api/aliases/live`,
    );
    expect(await linked('/aws/lambda/soundbite-dev-aws-worker')).toMatch(/log-events\$3Fstart\$3D-3600000$/);
    await page.setViewportSize(phoneSize);
    await looksWell(page);

    await page.goto(`${on.fake.url}/environments/staging`);
    await account.getByText('soundbite-staging-api:live').waitFor();
    expect(await account.getByRole('link').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
