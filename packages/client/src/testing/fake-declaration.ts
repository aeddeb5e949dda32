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
    settings: { logLevel: 'info', retentionDays: 7 },
    gates: [
      { gate: 'smoke', options: {} },
      ...(index === 0 ? [] : [{ gate: 'watch', options: { seconds: 0, minimumRequests: 0 } }]),
    ],
  };
}
