import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { a, b, json, setChain } from './testing/chain.ts';
import type { Stage } from './testing/stage.ts';

let stage: Stage;
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
    expect(json(outcome)).toEqual({ release: c, removed: true });
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
      stdout: `sha256:${'d'.repeat(64)} is removed\n`,
    });
  });

  it('are verified', async () => {
    expect((await stage.run('release', 'verify', 'aaaa')).stdout).toBe(
      `${a} is as it was cut: 12 files and the manifest that names them\n`,
    );
  });
});
