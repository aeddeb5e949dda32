import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AccountAccess } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { hintingFor } from '@soundbite/model/hints.ts';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import type { Shell } from '../shell.ts';

/** Runs the AWS CLI in the account of an environment and in no other; without arguments it gives the variables by which any SDK reaches it. */
export const run: CommandAction = async (shell, [environment = '', ...args]) => {
  const access = await connectTo(shell).access(environment);
  const variables = variablesOf(access, shell.host.env);
  const given = args.filter((arg): arg is string => arg !== undefined);
  const unset = Object.keys(shell.host.env).filter((name) => leadsElsewhere(access, name) && !(name in variables));
  if (given.length === 0)
    return { document: { environment, variables, unset }, text: linesOf(variables, unset.toSorted()) };
  const exit = await hintingFor(environment, () =>
    runAws(shell, [...endpointOf(access), ...given], { variables, unset }),
  );
  return { document: { environment, exit }, text: '', exit };
};

/** Variables that every SDK and the AWS CLI read; they override the user's own account and profile entirely. */
function variablesOf(
  { region, endpoint, kind, credentials }: AccountAccess,
  env: Shell['host']['env'],
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === null ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...(endpoint === null ? {} : { AWS_ENDPOINT_URL: endpoint }),
    ...(kind === 'emulated' ? onThisMachineAlone(env, endpoint) : onAwsItself),
  };
}

/** AWS CLIs before 1.29 and 2.13 read no endpoint from a variable: Debian 12's would call amazonaws.com. An endpoint named by the user comes later and wins. */
const endpointOf = ({ endpoint }: AccountAccess): string[] => (endpoint === null ? [] : ['--endpoint-url', endpoint]);

/** A user's profile may name an endpoint, usually LocalStack's: what is meant for a real account would go there. */
const onAwsItself = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };

/** Neither the user's profiles nor the proxy count for an account on loopback. */
function onThisMachineAlone(env: Shell['host']['env'], endpoint: string | null): Record<string, string> {
  const direct = [env.no_proxy ?? env.NO_PROXY, endpoint === null ? '127.0.0.1' : new URL(endpoint).hostname]
    .filter(Boolean)
    .join(',');
  return {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    NO_PROXY: direct,
    no_proxy: direct,
  };
}

/** Settings of the user's shell that would send a call elsewhere: for an emulated account all of them, for a real one credentials and endpoints. */
const leadsElsewhere = ({ kind }: AccountAccess, name: string): boolean =>
  kind === 'emulated' ? name.startsWith('AWS_') : whoAndWhere.test(name);
const whoAndWhere =
  /^AWS_((DEFAULT_)?(PROFILE|REGION)|ACCESS_KEY_ID|SECRET_ACCESS_KEY|(SESSION|SECURITY)_TOKEN|CREDENTIAL_.*|ROLE_.*|WEB_IDENTITY_.*|CONTAINER_.*|ENDPOINT_URL.*)$/;

/** For `eval` in a POSIX shell. */
const linesOf = (variables: Record<string, string>, unset: readonly string[]): string =>
  [
    ...(unset.length > 0 ? [`unset ${unset.join(' ')}`] : []),
    ...Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
  ].join('\n');

/** The AWS CLI's own exit code. Its output is the command's: `--json` adds nothing to it. */
async function runAws(
  shell: Shell,
  args: readonly string[],
  { variables, unset }: { variables: Record<string, string>; unset: readonly string[] },
): Promise<number> {
  const kept = Object.entries(shell.host.env).filter(([name]) => !unset.includes(name));
  const child = spawn('aws', args, { env: { ...Object.fromEntries(kept), ...variables }, stdio: 'inherit' });
  const [code] = (await once(child, 'exit').catch((cause: unknown) => {
    throw new SoundBiteError('aws-cli-missing', 'the AWS CLI (aws) is not on PATH', {
      hint: 'install it (pip install awscli), or let another tool use the account: eval "$(soundbite aws <environment>)"',
      cause,
    });
  })) as [number | null];
  return code ?? 3;
}
