import { describe, expect, it } from 'vitest';
import { stackFailuresOf } from '../../packages/model/src/stacks/failures.ts';
import { chromiumPath } from '../support/page-stage.ts';
import { axeFindings, pageSuite } from '../support/page-suite.ts';

/** What the page says of what failed in an account. */

const on = pageSuite();

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
    await page.getByText('the whole message, with the way out').click();
    await page.getByText('infrastructure: stack s is UPDATE_ROLLBACK_COMPLETE').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page), colorScheme).toEqual([]);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(complaints).toEqual([]);
  });
});
