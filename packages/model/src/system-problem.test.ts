import { describe, expect, it } from 'vitest';
import { SoundBiteError, toErrorDocument } from './errors.ts';
import { systemProblem } from './system-problem.ts';

const errno = (code: string, message: string, path?: string) => Object.assign(new Error(message), { code, path });

describe('a fault of the machine', () => {
  it.each([
    ['Node', errno('ENOSPC', 'ENOSPC: no space left on device, write'), 'a disk is full'],
    [
      'Node, with a path',
      errno('ENOSPC', "ENOSPC: no space left on device, open '/h/x'", '/h/x'),
      'the disk of /h/x is full',
    ],
    [
      'Postgres',
      errno('53100', 'could not extend file "base/5/1": No space left on device'),
      'the disk of the database is full',
    ],
    [
      'an emulated account',
      new SoundBiteError(
        'snapshot-failed',
        `could not be saved: 500 {"message": "[Errno 28] No space left on device: '/h/a'"}`,
      ),
      'the disk of /h/a is full',
    ],
    [
      'a child, by what it said',
      new SoundBiteError('synthesis-failed', "ENOSPC: no space left on device, write '/t/x'"),
      'the disk of /t/x is full',
    ],
    ['a cause', new Error('it failed', { cause: errno('ENOSPC', 'write', '/h/x') }), 'the disk of /h/x is full'],
    ['several', new AggregateError([new Error('other'), errno('ENOSPC', 'write', '/h/x')]), 'the disk of /h/x is full'],
  ])('is a full disk, as %s says it', (_who, error, message) => {
    expect(systemProblem(error)).toMatchObject({ code: 'disk-full', message });
    expect(toErrorDocument(error)).toEqual({
      code: 'disk-full',
      message,
      hint: expect.stringContaining('soundbite doctor'),
      source: 'system',
    });
  });

  it.each([
    ['EDQUOT', 'disk-full', "this user's quota on the disk of /h/x is used up"],
    ['EROFS', 'disk-read-only', '/h/x is on a read-only file system'],
    ['EIO', 'disk-broken', 'the disk of /h/x reports an error when it is read or written'],
    ['EACCES', 'not-permitted', 'this user may not access /h/x'],
    ['EPERM', 'not-permitted', 'this user may not access /h/x'],
  ])('is told in one sentence: %s', (code, known, message) => {
    expect(toErrorDocument(errno(code, `${code}: it failed, open '/h/x'`, '/h/x'))).toMatchObject({
      code: known,
      message,
    });
  });

  it('is nothing else', () => {
    for (const error of [
      new Error('no'),
      errno('ENOENT', 'x', '/h/x'),
      errno('EACCES', 'listen EACCES: 0.0.0.0:80'),
      null,
      'ENOSPC',
    ])
      expect(systemProblem(error)).toBeNull();
    expect(toErrorDocument(new SoundBiteError('release-altered', 'x was altered'))).toMatchObject({
      code: 'release-altered',
    });
  });

  it.each([
    ['worker-failed', 'worker:3 failed: Error: ENOSPC: no space left on device, write'],
    ['version-unhealthy', 'it does not start; its log ends:\nOSError: [Errno 28] No space left on device'],
  ] as const)('is not what a release says of a disk of its own: %s', (code, message) => {
    const cause = new SoundBiteError('process-unhealthy', message);
    const error = new SoundBiteError(code, message, { cause });
    expect(systemProblem(error)).toBeNull();
    expect(toErrorDocument(error)).toMatchObject({ code, message, source: 'user' });
    expect(systemProblem(new Error('the step failed', { cause: error }))).toBeNull();
    const full = errno('ENOSPC', 'ENOSPC: no space left on device, write', '/h/x');
    expect(systemProblem(new SoundBiteError(code, message, { cause: full }))).toMatchObject({ code: 'disk-full' });
  });

  it('is not a full disk when the kernel watches no more files, which has the same code', () => {
    const error = errno(
      'ENOSPC',
      "ENOSPC: System limit for number of file watchers reached, watch '/r/apps'",
      '/r/apps',
    );
    expect(systemProblem(Object.assign(error, { syscall: 'watch' }))).toEqual({
      code: 'watch-limit',
      message: 'this machine’s limit of watched files is reached, so changes below /r/apps would not be seen',
      hint: 'raise the limit: sudo sysctl fs.inotify.max_user_watches=524288',
    });
  });
});
