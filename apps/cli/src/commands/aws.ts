import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AccountAccess } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import type { Shell } from '../shell.ts';

/** Runs the AWS CLI in the account of an environment and in no other; without arguments it gives the variables by which any SDK reaches it. */
export const run: Run = async (shell, [environment = '', ...args]) => {
  const access = await connectTo(shell).access(environment);
  const variables = variablesOf(access);
  const given = args.filter((arg): arg is string => arg !== undefined);
  if (given.length === 0) return { document: { environment, variables }, text: exportsOf(variables) };
  const exit = await runAws(shell, given, variables);
  return { document: { environment, exit }, text: '', exit };
};

/** What every SDK and the AWS CLI read; it leaves nothing of the user's own account or profile in force. */
function variablesOf({ region, endpoint, kind, credentials }: AccountAccess): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === null ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...(endpoint === null ? {} : { AWS_ENDPOINT_URL: endpoint }),
    ...(kind === 'emulated' ? { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' } : {}),
  };
}

const exportsOf = (variables: Record<string, string>): string =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join('\n');

/** The AWS CLI's own exit code. Its output is the command's: `--json` adds nothing to it. */
async function runAws(shell: Shell, args: readonly string[], variables: Record<string, string>): Promise<number> {
  const kept = Object.entries(shell.host.env).filter(([name]) => !name.startsWith('AWS_'));
  const child = spawn('aws', args, { env: { ...Object.fromEntries(kept), ...variables }, stdio: 'inherit' });
  const [code] = (await once(child, 'exit').catch((cause: unknown) => {
    throw new SoundBiteError('aws-cli-missing', 'the AWS CLI (aws) is not on PATH', {
      source: 'user',
      mend: 'install it (pip install awscli), or let another tool use the account: eval "$(soundbite aws <environment>)"',
      cause,
    });
  })) as [number | null];
  return code ?? 3;
}
