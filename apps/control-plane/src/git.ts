import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gitEnvironment } from '@soundbite/model/git-environment.ts';

const run = promisify(execFile);

/** History as it was committed: no replaced objects, no grafts. */
const asCommitted = { GIT_NO_REPLACE_OBJECTS: '1', GIT_GRAFT_FILE: '/dev/null' };

/** What git says of the repository in `root`. Errors: one whose message is the first line of what git complains of; without git, the system's word. */
export const gitSays = (root: string, words: readonly string[]): Promise<string> =>
  run('git', ['-C', root, ...words], {
    maxBuffer: 16 * 1024 * 1024,
    env: { ...gitEnvironment(process.env), ...asCommitted },
  }).then(
    ({ stdout }) => stdout,
    (cause: Error & { readonly stderr?: string }) => {
      throw new Error(cause.stderr?.trim().split('\n')[0] || cause.message, { cause });
    },
  );
