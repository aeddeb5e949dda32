import type { Environment } from '@soundbite/model';

/** The environments of this repository, in order: the fake has them unless it is given others. */
export const names = ['dev-localstack', 'dev-aws', 'dev-aws-deployed', 'staging', 'production'] as const;

export const usualEnvironments = (): readonly Environment[] => names.map(declaredAs);

function declaredAs(name: string, index: number): Environment {
  return {
    name,
    cloud: { kind: 'emulated', account: `00000000000${Math.max(1, index)}`, region: 'us-east-1' },
    runtime: index < 2 ? 'process' : 'aws',
    port: 8101 + index,
    protected: name === 'production',
    service: {
      voiceEngine: index < 2 ? 'flite' : 'polly',
      limits: { textBytes: 3000, bodyBytes: 16_384, requestsPerSecond: 50 },
      logLevel: 'info',
      memory: { apiMiB: 256, workerMiB: 512 },
      retentionDays: 7,
      callbacks: 'public',
      jobTimeoutSeconds: 30,
      maxAttempts: 5,
    },
    gates: ['smoke'],
    watch: 0,
  };
}
