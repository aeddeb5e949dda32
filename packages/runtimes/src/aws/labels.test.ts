import type { Digest } from '@soundbite/model';
import { expect, it } from 'vitest';
import { labelOf, noteOf, releasesIn } from './labels.ts';

const digests = [...'123456'].map((digit) => `sha256:${digit.repeat(64)}` as Digest);

it('an alias names five releases in the 256 characters that it has, the first as people know it, each once', () => {
  const note = noteOf([...digests.slice(0, 2), ...digests]);
  expect(releasesIn(note)).toEqual(digests.slice(0, 5));
  expect(note.length).toBeLessThanOrEqual(256);
  expect(note).toContain('1'.repeat(64));
});

it.each([undefined, '', 'takes traffic', 'releases', 'releases of ours', 'releases abc def', 'Release notes'])(
  'an alias that says %s names none',
  (description) => expect(releasesIn(description)).toEqual([]),
);

it('a version is labelled by its variable, else by what it was published for; what is not published by nothing else', () => {
  const [one, other] = digests as [Digest, Digest];
  const Environment = { Variables: { SOUNDBITE_RELEASE: one } };
  expect(labelOf({ Version: '2', Description: other, Environment })).toBe(one);
  expect(labelOf({ Version: '2', Description: other })).toBe(other);
  expect(labelOf({ Version: '$LATEST', Description: other })).toBeNull();
  expect(labelOf({ Version: '2', Description: 'of mine' })).toBeNull();
});
