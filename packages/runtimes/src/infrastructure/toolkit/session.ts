import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { type Cloud, type CloudAccess, SoundBiteError } from '@soundbite/model';
import { programFile } from '@soundbite/model/programs.ts';
import { type FromToolkit, type ToolkitJob, type ToToolkit, toldError } from './words.ts';

/** One deploy by the toolkit. */
export interface ToolkitSession {
  /** Resolves when files are published and the change set is made. Errors: what the toolkit or AWS said, as they said it. */
  made(): Promise<void>;
  /** Executes the change set; resolves when the toolkit takes the operation for ended. Errors: as before. */
  execute(): Promise<void>;
}

const program = programFile('packages/runtimes/src/infrastructure/toolkit/main.ts');

/** Acts with a process of the toolkit, which ends with it. Errors: `toolkit-missing`; those of `act`. */
export async function withToolkit<T>(
  cloud: Cloud,
  job: ToolkitJob,
  tell: (event: StackEvent) => void,
  act: (session: ToolkitSession) => Promise<T>,
): Promise<T> {
  demandToolkit();
  // It remembers accounts by their keys in its home.
  const home = await mkdtemp(join(tmpdir(), 'soundbite-toolkit-'));
  const access = await cloud.access('controller');
  const child = fork(program, [], {
    env: toolkitVariables(access, home),
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ended = once(child, 'close');
  const said = listener();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  const say = (word: ToToolkit) => {
    // One that has ended says so by itself.
    if (child.connected) child.send(word, () => {});
  };
  const give = () =>
    cloud.access('controller').then(
      ({ credentials }) => say({ say: 'credentials', credentials }),
      (error: Error) => said.failed(error),
    );
  child.on('message', (word: FromToolkit) => {
    if (word.say === 'credentials') void give();
    else if (word.say === 'event') tell(word.event);
    else if (word.say === 'failed') said.failed(toldError(word.error));
    else said.done(word.say);
  });
  child.once('error', (error) => said.failed(error));
  child.once('close', (code, signal) =>
    said.failed(new Error(`its process ended with ${signal ?? code}: ${stderr.trim() || 'it said nothing'}`)),
  );
  say({ say: 'job', job });
  try {
    return await act({
      made: () => said.heard('made'),
      execute: () => {
        say({ say: 'execute' });
        return said.heard('executed');
      },
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
    await rm(home, { recursive: true, force: true });
  }
}

/** The npm package leaves it to whoever declares it: it brings the SDK of every service of AWS. */
export function demandToolkit(name = '@aws-cdk/toolkit-lib'): void {
  try {
    import.meta.resolve(name);
  } catch (cause) {
    throw new SoundBiteError('toolkit-missing', `${name} is not installed`, { cause });
  }
}

/** Waits for words that are said once; after the first failure nothing more is heard. */
function listener() {
  const words = { made: Promise.withResolvers<void>(), executed: Promise.withResolvers<void>() };
  // Nobody may be waiting for a word when it fails.
  for (const { promise } of Object.values(words)) promise.catch(() => {});
  return {
    done: (word: keyof typeof words) => words[word].resolve(),
    failed: (error: Error) => {
      for (const { reject } of Object.values(words)) reject(error);
    },
    heard: (word: keyof typeof words) => words[word].promise,
  };
}

/**
 * The toolkit takes its endpoint and settings from variables alone. An emulated account is reached by ours and none of the user's; for a real
 * one the user's own settings count, but never their credentials.
 */
export function toolkitVariables(
  access: CloudAccess,
  home: string,
  users: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const { PATH, TMPDIR } = users;
  const own = { CDK_HOME: home, AWS_REGION: access.region, AWS_EC2_METADATA_DISABLED: 'true' };
  if (access.kind === 'emulated')
    return {
      PATH,
      TMPDIR,
      HOME: home,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_ENDPOINT_URL: access.endpoint,
      ...own,
    };
  const theirs = Object.entries(users).filter(([name]) => !notForTheToolkit.test(name));
  return { ...Object.fromEntries(theirs), ...own };
}

/** The user's credentials, and what changes how Node runs a program. */
const notForTheToolkit =
  /^NODE_OPTIONS$|^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|CONTAINER_.*|ROLE_ARN|WEB_IDENTITY_.*)$/;
