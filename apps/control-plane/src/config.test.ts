import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

const given = (silence?: string) =>
  readConfig({ SOUNDBITE_ROOT: '/repository', ...(silence === undefined ? {} : { SOUNDBITE_DEV_SILENCE: silence }) });

it.each([
  [undefined, 16],
  ['', 16],
  ['3', 3],
  ['60', 60],
])('a dev session may be silent for SOUNDBITE_DEV_SILENCE=%s: %d s', (text, seconds) => {
  expect(given(text).devSilenceSeconds).toBe(seconds);
});

it('the shared release store is one that can be named, or none', () => {
  const withStore = (text: string) =>
    readConfig({ SOUNDBITE_ROOT: '/repository', SOUNDBITE_RELEASE_STORE: text }).releaseStore;
  expect(given().releaseStore).toBeUndefined();
  expect(withStore('')).toBeUndefined();
  expect(withStore('s3://team/releases')).toEqual({ bucket: 'team', prefix: 'releases/' });
  expect(() => withStore('team')).toThrow(expect.objectContaining({ code: 'release-store-unusable' }));
});

it.each(['0', '61', '-3', 'long', '3s'])('SOUNDBITE_DEV_SILENCE=%s is refused by name', (text) => {
  expect(() => given(text)).toThrow(
    expect.objectContaining({ code: 'usage', source: 'user', message: expect.stringContaining(`"${text}"`) }),
  );
});
