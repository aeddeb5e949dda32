import type { ServiceSettings } from './declaration/shape.ts';
import { stackOutputs } from './names.ts';
import type { CloudAccess } from './ports/cloud.ts';
import type { StackOutputs } from './ports/runtime.ts';

/** What the delivered service is told, as a process (Lambda functions get the same from their template). Credentials, port and token come on top. */
export function serviceEnv(options: {
  readonly environment: string;
  readonly release: string;
  readonly settings: ServiceSettings;
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
    ...(access.endpoint === undefined ? {} : { AWS_ENDPOINT_URL: access.endpoint }),
  };
}
