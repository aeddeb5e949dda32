import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gitEnvironment } from '@soundbite/model/git-environment.ts';

/** The version that runs, as people name it: `SoundBite 0.1.0 (commit 1a2b3c4d5e6f)`. */
export async function runningVersion(root: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const commit = await promisify(execFile)('git', ['-C', root, 'rev-parse', '--short=12', 'HEAD'], {
    env: gitEnvironment(process.env),
  }).then(
    ({ stdout }) => ` (commit ${stdout.trim()})`,
    // A tree without git has a version all the same.
    () => '',
  );
  return `SoundBite ${version}${commit}`;
}
