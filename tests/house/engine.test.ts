import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineApart, mayHaveEngineApart } from './engine.ts';
import { makeHouseImage, testHouse } from './house.ts';
import { users } from './users.ts';

/** An engine of its own, since it is killed under the house. Without Debian's dockerd, or not as root, that is skipped. */
describe.skipIf(!mayHaveEngineApart)('an engine that fails under the house', () => {
  let engine: ReturnType<typeof engineApart>;
  let house: ReturnType<typeof testHouse>;
  let release = '';

  beforeAll(async () => {
    await makeHouseImage();
    engine = engineApart();
    engine.join();
    await engine.start();
    for (const image of ['soundbite-house', process.env.SOUNDBITE_BASE_IMAGE ?? ''])
      if (image !== '') await engine.take(image);
    house = testHouse({
      address: engine.address,
      variables: { DOCKER_HOST: engine.host, SOUNDBITE_ENGINE_SOCKET: engine.socket },
    });
    await house.compose('up', '-d', '--no-build');
    release = (await house.everywhere()) ?? '';
    await house.isWell(release);
  });
  afterAll(async () => {
    await house?.compose('down', '--remove-orphans', '--volumes').catch(() => {});
    await engine?.stop();
  });

  it.each([
    ['is killed', 'SIGKILL'],
    ['is restarted', 'SIGTERM'],
  ] as const)('that %s brings back the house and its environments by itself', async (what, signal) => {
    const [before, ups] = [await house.versions(), await house.upsEnded()];
    const asked = users(house);
    await engine.kill(signal);
    await expect(house.versions()).rejects.toThrow();
    await engine.start();
    asked.engineIsBack();
    await house.isWell(release);
    expect(await house.everywhere()).toBe(release);
    // Only then has the control plane looked at all versions.
    await house.until('the end of its up', async () => ((await house.upsEnded()) > ups ? true : null));
    const seen = await asked.end();
    console.info(`the engine ${what}: ${JSON.stringify(seen)}`);
    // Whoever had an answer again has one from then on.
    expect(seen.map(({ failedAgain }) => failedAgain)).toEqual(seen.map(() => []));
    for (const { environment, afterEngineMs } of seen) expect(afterEngineMs, environment).toBeLessThan(60_000);
    expect(await house.versions()).toEqual(before);
  });
});
