import { it } from 'vitest';
import { chromiumPath } from '../../support/chromium.ts';
import { pageSuite } from '../../support/page-suite.ts';

/** The worker that all tabs share, where a browser does not begin it. */

const on = pageSuite();
const { opened } = on;
const itInChromium = it.skipIf(chromiumPath === undefined);

itInChromium(
  'is live also where the file of the connection that all tabs share could not be read at first',
  async () => {
    const { page } = await opened();
    await page.addInitScript(`{
    const Real = SharedWorker;
    let isFirst = true;
    SharedWorker = class extends Real {
      constructor(url, options) {
        super(isFirst ? new URL('/assets/none.js', location.href) : url, options);
        isFirst = false;
      }
    };
  }`);
    await page.goto(`${on.fake.url}/`);
    await page.locator('[data-live="live"]').waitFor({ timeout: 20_000 });
  },
);

itInChromium('is live also where the worker of that connection never says anything at first', async () => {
  const { page } = await opened();
  await page.addInitScript(`{
    const Real = SharedWorker;
    let isFirst = true;
    SharedWorker = function (url, options) {
      if (!isFirst) return new Real(url, options);
      isFirst = false;
      this.port = new MessageChannel().port1;
    };
  }`);
  await page.goto(`${on.fake.url}/`);
  await page.locator('[data-live="live"]').waitFor({ timeout: 20_000 });
});
