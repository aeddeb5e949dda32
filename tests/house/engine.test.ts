import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineApart, mayHaveEngineApart } from './engine.ts';
import { makeHouseImage, testHouse } from './house.ts';

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
  ] as const)('that %s brings back the house and its environments by itself', async (_what, signal) => {
    await engine.kill(signal);
    await expect(house.versions()).rejects.toThrow();
    await engine.start();
    await house.isWell(release);
    expect(await house.everywhere()).toBe(release);
    // The control plane may be making some of them anew.
    await house.until('all versions', async () => ((await house.versions()).length === 10 ? true : null));
  });
});
