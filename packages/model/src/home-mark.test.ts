import { describe, expect, it } from 'vitest';
import { type HomePlace, homePlace, isSamePlace, parseHomeMark } from './home-mark.ts';

const place: HomePlace = { device: '65024', inode: '42', born: '1795654413758418762', boot: 'monday' };

describe('the place of a home', () => {
  it.each([
    ['another directory', { inode: '43' }],
    ['a directory that was given the inode of a removed one', { born: '1795654413758418763' }],
    ['an image of the disk, mounted beside it', { device: '65025' }],
    ['a copy that is met after a restart', { inode: '43', device: '65025', boot: 'tuesday' }],
  ])('is not that of %s', (_what, changes) => {
    expect(isSamePlace(place, { ...place, ...changes })).toBe(false);
  });

  it('stays through a restart of the machine, which may number its disks anew', () => {
    expect(isSamePlace(place, { ...place, boot: 'tuesday', device: '65025' })).toBe(true);
    expect(isSamePlace(place, { ...place, boot: 'tuesday' })).toBe(true);
  });

  it('keeps numbers that a double would round', () => {
    const stats = { dev: 1n, ino: 9_007_199_254_740_993n, birthtimeNs: 1_795_654_413_758_418_763n };
    expect(homePlace(stats, 'monday')).toMatchObject({ inode: '9007199254740993', born: '1795654413758418763' });
  });
});

it.each(['', '{', 'null', '{"id":"x"}', '{"id":"0123456789abcdef0123456789abcdef","path":"/a"}'])(
  'a mark that says nothing is an error which names its file: %j',
  (text) => {
    expect(() => parseHomeMark(text, '/a/home.json')).toThrow(
      expect.objectContaining({ code: 'state-unreadable', message: expect.stringContaining('/a/home.json') }),
    );
  },
);
