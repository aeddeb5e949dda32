import type { Manifest } from './release.ts';
import type { ProcessComponent, ReleasedProcesses } from './service-declaration/process.ts';

const ofBefore = (name: string, takes: 'requests' | 'events'): ProcessComponent => ({
  name,
  takes: [takes],
  health: '/health',
  memory: `settings.memory.${name}MiB`,
  seconds: 'settings.jobTimeoutSeconds',
});

/** What releases ran that do not say it themselves: they were all of one service. */
export const processesOfBefore: ReleasedProcesses = {
  contract: true,
  environment: {
    SOUNDBITE_TABLE: 'TableName',
    SOUNDBITE_BUCKET: 'BucketName',
    SOUNDBITE_QUEUE_URL: 'QueueUrl',
    SOUNDBITE_DEAD_LETTER_URL: 'DeadLetterUrl',
    SOUNDBITE_WEBHOOK_SECRET_ARN: 'WebhookSecretArn',
  },
  components: [ofBefore('worker', 'events'), ofBefore('api', 'requests')],
};

/** What a release runs as processes, where it brings any. */
export const processesOf = (manifest: Manifest): ReleasedProcesses =>
  (manifest.format === 'soundbite.release/2' ? manifest.processes : undefined) ?? processesOfBefore;

/** The one to which an environment's address leads. */
export const addressedProcess = ({ components }: ReleasedProcesses): ProcessComponent | null =>
  components.find(({ takes }) => takes.includes('requests')) ?? null;

/** Those that take events, in the order in which traffic moves forward. */
export const eventProcesses = ({ components }: ReleasedProcesses): readonly ProcessComponent[] =>
  components.filter(({ takes }) => takes.includes('events'));
