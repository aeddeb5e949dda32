import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SoundBiteError } from '@soundbite/model';
import type { DeployJob, DeployLine } from './deploy-job.ts';

export interface ChildOptions {
  /** Node 24. */
  readonly nodePath: string;
  /** Where Node keeps compiled code between children: loading the toolkit takes 0.4 s with it, 1.1 s without. */
  readonly cache?: string;
  /** Variables a real cloud may need on this machine (proxies, certificates); nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
}

const entry = fileURLToPath(new URL('./deploy-main.ts', import.meta.url));

/**
 * Runs one deploy of the CDK toolkit in a child process.
 * Errors: those that the child names, `deploy-died` when it ends without a word.
 */
export async function runDeploy(
  job: DeployJob,
  options: ChildOptions,
  progress: (code: string | null, text: string) => void,
): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'soundbite-deploy-'));
  try {
    return await inHome(job, options, home, progress);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function inHome(
  job: DeployJob,
  options: ChildOptions,
  home: string,
  progress: (code: string | null, text: string) => void,
): Promise<void> {
  const child = spawn(options.nodePath, [entry], {
    cwd: home,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...options.env,
      PATH: '/usr/bin:/bin',
      HOME: home,
      CDK_HOME: home,
      TMPDIR: home,
      NO_COLOR: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(options.cache === undefined ? {} : { NODE_COMPILE_CACHE: options.cache }),
    },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(`exit code ${code ?? signal}`));
  });
  child.stdin.on('error', () => undefined); // it died before it read its job: `ended` says so
  child.stdin.write(`${JSON.stringify(job)}\n`);
  let last: DeployLine | undefined;
  const complaints: string[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const line = readLine(text);
    if (line.type !== 'progress') last = line;
    else {
      progress(line.code, line.text);
      // The toolkit says why on the way; what it throws in the end often does not.
      if (/_E\d{4}$/.test(line.code ?? '')) complaints.push(line.text.trim());
    }
  }
  const how = await ended;
  if (last?.type === 'done') return;
  if (last?.type === 'failed') {
    const { code, message, ...details } = last.error;
    const why = complaints.filter((text) => !message.includes(text));
    throw new SoundBiteError(code, [message, ...why].join('; '), details);
  }
  throw new SoundBiteError(
    'deploy-died',
    `the process that deploys ended without a result (${how}): ${errors.trim()}`,
    {
      mend: 'run the command again; it goes on from where the stack is',
    },
  );
}

/** What a library of the child prints by itself is progress, too. */
function readLine(text: string): DeployLine {
  try {
    return JSON.parse(text) as DeployLine;
  } catch {
    return { type: 'progress', code: null, text };
  }
}
