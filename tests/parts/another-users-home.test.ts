import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { cli, root } from '../support/cli.ts';
import { openCopy } from '../support/other-user.ts';

/** The account `nobody` has this id everywhere; it owns nothing here. */
const nobody = { uid: 65534, gid: 65534 };

let directory: string;
let copy: Awaited<ReturnType<typeof openCopy>>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'soundbite-owners-'));
  await chmod(directory, 0o755);
  // This repository may lie where nobody may look.
  copy = await openCopy();
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await copy?.remove();
});

interface Said {
  readonly code: number | null;
  readonly text: string;
}

/** Runs the CLI as somebody who owns nothing. */
async function asNobody(words: string, home: string): Promise<Said> {
  const { execPath } = process;
  const node = execPath.startsWith(root) ? join(copy.directory, relative(root, execPath)) : execPath;
  const child = spawn(node, [join(copy.directory, 'apps/cli/src/main.js'), ...words.split(' ')], {
    ...nobody,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', SOUNDBITE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

async function skipUnlessRoot({ skip }: TestContext): Promise<void> {
  if (userInfo().uid !== 0) skip('only root can act as somebody else');
  if ((await asNobody('--version', directory)).code !== 0) skip('nobody may not read this repository');
}

describe('another user’s home', () => {
  it('is refused in one sentence that names its owner and what to do, whatever is asked of it', async (context) => {
    await skipUnlessRoot(context);
    const home = join(directory, 'roots');
    await mkdir(home, { mode: 0o700 });
    await writeFile(join(home, 'control-plane.json'), '{}', { mode: 0o600 });
    const words = ['up', 'status', 'down', 'down --purge', '--standalone release list'];
    for (const said of await Promise.all(words.map((one) => asNobody(one, home))))
      expect(said).toEqual({
        code: 1,
        text: expect.stringMatching(
          new RegExp(
            `^error: ${home} belongs to root, and this is nobody\\n    → run it as root, or with your own state: .*git clone ${copy.directory}\\n$`,
          ),
        ),
      });
    const doctor = await asNobody('doctor', home);
    expect(doctor.text).toMatch(new RegExp(`BAD {2}state +${home} belongs to root`));
    expect(doctor.text).not.toMatch(/EACCES|Permission denied/);
  });

  it('that could not be made is told by the directory that is closed', async (context) => {
    await skipUnlessRoot(context);
    const closed = join(directory, 'closed');
    await mkdir(closed, { mode: 0o700 });
    for (const home of [join(directory, 'new'), join(closed, 'a/b')])
      expect(await asNobody('up', home)).toEqual({
        code: 1,
        text: expect.stringMatching(
          new RegExp(
            `^error: ${home} cannot be used: ${home.startsWith(closed) ? closed : directory} belongs to root, and this is nobody\\n    → [^\\n]+\\n$`,
          ),
        ),
      });
  });

  it('is not started by root either, who would leave files there that its owner may not touch', async (context) => {
    await skipUnlessRoot(context);
    const home = join(directory, 'theirs');
    await mkdir(home, { mode: 0o700 });
    await writeFile(join(home, 'home.json'), '{}');
    await chown(home, nobody.uid, nobody.gid);
    const { code, stderr } = await cli(['up'], { home });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /belongs to nobody, and this is root\n +→ run it as nobody, or with your own state/,
      ),
    });
  });
});
