import { stackOutputs } from './names.ts';
import type { CloudAccess } from './ports/cloud.ts';
import type { StackOutputs } from './ports/target.ts';

/** The delivered service's settings, as a process (Lambda functions get the same from their template). Credentials, port and token are added. */
export function serviceEnv(options: {
  readonly environment: string;
  readonly release: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly outputs: StackOutputs;
  readonly access: Pick<CloudAccess, 'region' | 'endpoint'>;
}): Record<string, string> {
  const { environment, release, settings, outputs, access } = options;
  const output = (key: string) => outputs[key] ?? '';
  return {
    SOUNDBITE_ENVIRONMENT: environment,
    SOUNDBITE_RELEASE: release,
    SOUNDBITE_SETTINGS: JSON.stringify(settings),
    SOUNDBITE_TABLE: output(stackOutputs.table),
    SOUNDBITE_BUCKET: output(stackOutputs.bucket),
    SOUNDBITE_QUEUE_URL: output(stackOutputs.queueUrl),
    SOUNDBITE_DEAD_LETTER_URL: output(stackOutputs.deadLetterUrl),
    SOUNDBITE_WEBHOOK_SECRET_ARN: output(stackOutputs.webhookSecretArn),
    AWS_REGION: access.region,
    ...withoutUser,
    ...(access.endpoint === undefined ? {} : { AWS_ENDPOINT_URL: access.endpoint }),
  };
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
