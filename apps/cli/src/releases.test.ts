import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { a, b, json, setChain } from './testing/chain.ts';
import { type CliStage, setStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

describe('releases', () => {
  it('are listed with where they are live', async () => {
    expect((await stage.run('release', 'list')).stdout.split('\n')).toEqual([
      'release       commit   committed at         live in',
      'aaaaaaaaaaaa  ccccccc  2026-01-02 03:04:05  dev-localstack, dev-aws, dev-aws-deployed, staging',
      'bbbbbbbbbbbb  ccccccc  2026-01-02 03:04:05  production',
      '',
    ]);
  });

  it('are cut once, from the directory that was named', async () => {
    const outcome = await stage.run('release', 'cut', '--source', 'packages', '--json');
    expect(json(outcome)).toMatchObject({ release: `sha256:${'e'.repeat(64)}`, dirty: false, created: true });
    expect(json(outcome).path).toContain(`${process.cwd()}/packages/`);
    expect(json(await stage.run('release', 'cut', '--json'))).toMatchObject({ created: false });
  });

  it('keep where they were cut: the run of the CI, and what the caller says', async () => {
    const env = {
      GITLAB_CI: 'true',
      CI_PIPELINE_ID: '77',
      CI_PIPELINE_URL: 'https://gitlab.example.com/-/pipelines/77',
      CI_MERGE_REQUEST_IID: '5',
      CI_COMMIT_BRANCH: 'main',
      GITLAB_USER_LOGIN: 'ana',
    };
    const inCi = await setStage(stage.fake.world, { env });
    try {
      const cut = await inCi.run('release', 'cut', '--label', 'team=shop', '--label', 'note=a=b');
      expect(cut.exit).toBe(0);
      const shown = (await inCi.run('release', 'show', 'eeee')).stdout;
      expect(shown).toContain(
        'cut      2026-01-02 03:04:05 by local, gitlab run 77, pull request 5, branch main, started by ana, https://gitlab.example.com/-/pipelines/77, team=shop, note=a=b\n',
      );
    } finally {
      await inCi.close();
    }
    for (const [label, said] of [
      ['team', '--label team is not a name and a value'],
      ['=x', '--label =x is not a name and a value'],
      ['a b=x', '--label a b: is not a label; use letters'],
    ] as const)
      expect(await stage.run('release', 'cut', '--label', label)).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining(said),
      });
  });

  it('are removed when a person, or an option, said yes', async () => {
    const c = `sha256:${'c'.repeat(64)}` as const;
    stage.fake.world.addRelease(c);
    const unsaid = await stage.run('release', 'remove', 'cccc');
    expect(unsaid).toEqual({
      exit: 2,
      stdout: '',
      stderr: `error: removing ${c} needs confirmation, and there is no terminal to ask on\n    → soundbite release remove ${c} --yes\n`,
    });
    const outcome = await stage.run('release', 'remove', 'cccc', '--yes', '--json');
    expect(outcome).toMatchObject({ exit: 0, stderr: '' });
    expect(json(outcome)).toEqual({ release: c, removed: true, shared: null });
    expect((await stage.run('release', 'list')).stdout).not.toContain('cccccccccccc');
    expect(await stage.run('release', 'remove', c, '--yes')).toMatchObject({ exit: 2 });
  });

  it('are not removed while they are live: exit 1', async () => {
    const outcome = await stage.run('release', 'remove', 'bbbb', '--yes', '--json');
    expect(outcome.exit).toBe(1);
    expect(json(outcome).error).toMatchObject({ code: 'release-in-use', message: `${b} is live in production` });
  });

  it('whose manifest cannot be read are removed by the whole digest', async () => {
    stage.fake.world.unreadable.add(`sha256:${'d'.repeat(64)}`);
    expect(await stage.run('release', 'remove', 'd'.repeat(64), '--yes')).toMatchObject({
      exit: 0,
      stdout: `sha256:${'d'.repeat(64)} is removed from this home\n`,
    });
  });

  it('are verified, with the images that are there', async () => {
    const unchanged = `${a} is unchanged since the cut: 12 files and their manifest\n`;
    expect((await stage.run('release', 'verify', 'aaaa')).stdout).toBe(
      `${unchanged}it has no images on the container engine\n`,
    );
    await stage.run('release', 'image', '--all', '--release', 'aaaa');
    const proven = await stage.run('release', 'verify', 'aaaa');
    expect(proven).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('proven   soundbite-soundbite:aaaaaaaaaaaa-staging\n'),
    });
    stage.fake.world.images.set('soundbite-soundbite:aaaaaaaaaaaa-staging', 'altered');
    const altered = await stage.run('release', 'verify', 'aaaa');
    expect(altered).toMatchObject({
      exit: 1,
      stdout: expect.stringMatching(
        /altered {2}.*-staging.*\n {4}→ soundbite release image staging --release aaaaaaaaaaaa/,
      ),
    });
    expect(json(await stage.run('release', 'verify', 'aaaa', '--json'))).toMatchObject({ ok: false });
  });

  it('whose images nobody can look at are not told as if these were proven', async () => {
    stage.fake.world.imageEngine.problem = {
      code: 'engine-down',
      message: 'the engine does not answer',
      hint: 'start Docker',
    };
    const outcome = await stage.run('release', 'verify', 'aaaa');
    expect(outcome).toMatchObject({ exit: 0, stdout: expect.not.stringContaining('proven') });
    expect(outcome.stdout).toContain('its images were not looked at: the engine does not answer\n    → start Docker\n');
    const { images } = json(await stage.run('release', 'verify', 'aaaa', '--json'));
    expect(images).toEqual({ problem: expect.objectContaining({ code: 'engine-down' }), environments: [] });
    expect(await stage.run('release', 'image', 'staging')).toMatchObject({ exit: 3 });
  });

  it('become images, of the newest or of one that is named; the second time they are found', async () => {
    const first = await stage.run('release', 'image', 'staging', '--json');
    expect(json(first).images).toMatchObject([
      { release: a, tag: 'soundbite-soundbite:aaaaaaaaaaaa-staging', made: true },
    ]);
    const again = await stage.run('release', 'image', 'staging');
    expect(again.stdout).toContain(`staging  was there, and is proven to be that of ${a}`);
    expect(again.stdout).toContain('staging has runtime: process, so nothing here runs of this image');
    expect(again.stderr).toContain('for staging');
    const all = await stage.run('release', 'image', '--all', '--release', 'bbbb', '--json');
    expect(json(all).images.map(({ release }: { release: string }) => release)).toEqual(Array(5).fill(b));
  });

  it.each([
    ['nothing', [], 'name an environment, or pass --all'],
    ['both', ['staging', '--all'], 'name an environment, or pass --all'],
    ['an unknown environment', ['nosuch'], 'there is no environment nosuch'],
    ['an unknown release', ['staging', '--release', 'dddd'], 'there is no release dddd'],
  ])('become no image of %s: exit 2', async (_what, words, said) => {
    const outcome = await stage.run('release', 'image', ...words);
    expect(outcome).toMatchObject({ exit: 2, stderr: expect.stringContaining(said) });
  });

  describe('that homes share', () => {
    const hint = 'check the network';
    const share = () => {
      const store = {
        address: 's3://team',
        holds: new Set<string>([a]),
        problem: null as { code: string; message: string; hint: string } | null,
      };
      stage.fake.world.sharing.store = store;
      return store;
    };

    it('are listed with where they are kept', async () => {
      share();
      expect((await stage.run('release', 'list')).stdout.split('\n').slice(0, 3)).toEqual([
        'release       commit   committed at         kept          live in',
        'aaaaaaaaaaaa  ccccccc  2026-01-02 03:04:05  here, shared  dev-localstack, dev-aws, dev-aws-deployed, staging',
        'bbbbbbbbbbbb  ccccccc  2026-01-02 03:04:05  here          production',
      ]);
    });

    it('are pushed, once', async () => {
      share();
      expect((await stage.run('release', 'push', 'bbbb')).stdout).toBe(
        `${b} is in s3://team/${b.slice(7)}: 12 files put\n`,
      );
      expect(json(await stage.run('release', 'push', 'bbbb', '--json'))).toMatchObject({ release: b, put: 0 });
    });

    it('and cannot be reached are told after the cut, which stays; a push that fails is the machinery: exit 3', async () => {
      share().problem = {
        code: 'release-store-down',
        message: 'the shared release store s3://team does not answer',
        hint,
      };
      const cut = await stage.run('release', 'cut');
      expect(cut).toMatchObject({
        exit: 0,
        stdout: expect.stringContaining('does not answer\n    → check the network'),
      });
      expect(await stage.run('release', 'push', 'bbbb')).toMatchObject({ exit: 3 });
      expect(await stage.run('release', 'list')).toMatchObject({ exit: 0, stdout: expect.stringContaining(hint) });
      const elsewhere = await stage.run('release', 'show', 'dddd');
      expect(elsewhere).toMatchObject({ exit: 3, stderr: expect.stringContaining('does not answer') });
    });

    it('are pushed nowhere while no store is set: exit 2', async () => {
      const outcome = await stage.run('release', 'push', 'bbbb', '--json');
      expect(outcome.exit).toBe(2);
      expect(json(outcome).error).toMatchObject({ code: 'release-store-unusable' });
    });
  });
});
