import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { a, json, setChain } from './testing/chain.ts';
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

  it('are verified', async () => {
    expect((await stage.run('release', 'verify', 'aaaa')).stdout).toBe(
      `${a} is as it was cut: 12 files and the manifest that names them\n`,
    );
  });
});
