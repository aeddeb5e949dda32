import { SoundBiteError } from './errors.ts';
import type { CloudAccess } from './ports/cloud.ts';
import type { StackOutputs } from './ports/target.ts';
import { processesOfBefore } from './released-processes.ts';
import type { ProcessComponent, ReleasedProcesses } from './service-declaration/process.ts';

/** What the processes of a service are told by variables (functions get theirs from their template). Credentials, port and token are added. Errors: `output-missing`. */
export function serviceEnv(options: {
  readonly environment: string;
  readonly release: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly outputs: StackOutputs;
  readonly processes: ReleasedProcesses;
  readonly access: Pick<CloudAccess, 'region' | 'endpoint' | 'shownEndpoint'>;
}): Record<string, string> {
  const { environment, release, settings, outputs, processes, access } = options;
  const told = Object.entries(processes.environment ?? {}).map(([variable, output]) => {
    // Releases of before were started without what their stack did not say.
    const value = processes === processesOfBefore ? (outputs[output] ?? '') : outputIn(outputs, output, environment);
    return [variable, value];
  });
  return {
    SOUNDBITE_ENVIRONMENT: environment,
    SOUNDBITE_RELEASE: release,
    SOUNDBITE_SETTINGS: JSON.stringify(settings),
    ...Object.fromEntries(told),
    AWS_REGION: access.region,
    ...withoutUser,
    ...(access.endpoint === undefined ? {} : { AWS_ENDPOINT_URL: access.endpoint }),
    ...(access.shownEndpoint === undefined ? {} : { SOUNDBITE_SHOWN_ENDPOINT: access.shownEndpoint }),
  };
}

/**
 * As whom a process gets its credentials: the ARN of its role. A release of before says none, and its processes go by the word that their roles are called by.
 * Null: it has no role. Errors: `output-missing`.
 */
export function processIdentity(
  processes: ReleasedProcesses,
  { name, role }: ProcessComponent,
  { environment, outputs }: { readonly environment: string; readonly outputs: StackOutputs },
): string | null {
  if (processes === processesOfBefore) return name;
  return role === undefined ? null : outputIn(outputs, role, environment);
}

function outputIn(outputs: StackOutputs, name: string, environment: string): string {
  // One of several stacks has the name of its stack before it.
  const key = Object.keys(outputs).find((one) => one === name || one.endsWith(`/${name}`));
  const value = outputs[key ?? ''];
  if (value) return value;
  throw new SoundBiteError(
    'output-missing',
    `the stack of ${environment} has no output ${name}, which a process needs`,
    {
      hint: `deploy the environment again: soundbite promote ${environment}`,
    },
  );
}

/**
 * A process of the service acts as its own role only. Without these the SDK would prefer the credentials of whoever runs this machine
 * (`~/.aws/credentials` comes before the endpoint of a role), and take endpoints and retries from that person's profile.
 */
const withoutUser = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;
