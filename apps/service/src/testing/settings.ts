/** Settings of a service as tests usually want them. */
export function settings<T extends Readonly<Record<string, unknown>>>(over: T) {
  return {
    voiceEngine: 'flite',
    limits: { textBytes: 3000, bodyBytes: 16_384, requestsPerSecond: 1000 },
    logLevel: 'silent',
    memory: { apiMiB: 256, workerMiB: 512 },
    retentionDays: 7,
    callbacks: 'public',
    jobTimeoutSeconds: 30,
    maxAttempts: 5,
    ...over,
  };
}

/** Environment variables of a service that reaches nothing: for what needs settings only. */
export function variables(service: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return {
    SOUNDBITE_ENVIRONMENT: 'test',
    SOUNDBITE_RELEASE: `sha256:${'0'.repeat(64)}`,
    SOUNDBITE_SETTINGS: JSON.stringify(settings(service)),
    SOUNDBITE_TABLE: 'table',
    SOUNDBITE_BUCKET: 'bucket',
    SOUNDBITE_QUEUE_URL: 'http://127.0.0.1:9/queue',
    SOUNDBITE_DEAD_LETTER_URL: 'http://127.0.0.1:9/dead',
    SOUNDBITE_WEBHOOK_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:test',
    AWS_REGION: 'eu-central-1',
  };
}
