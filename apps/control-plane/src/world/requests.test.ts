import { type Declaration, parseDeclaration, type Signals } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { requestsOf } from './requests.ts';

const text = `version: 1
service:
  voiceEngine: polly
  limits: { textBytes: 3000, bodyBytes: 16384, requestsPerSecond: 50 }
  logLevel: info
  memory: { apiMiB: 256, workerMiB: 512 }
  retentionDays: 30
  callbacks: public
  jobTimeoutSeconds: 30
  maxAttempts: 5
environments:
  - { name: emulated, cloud: { kind: emulated, account: "000000000001", region: us-east-1 }, runtime: aws, port: 8101, protected: false, gates: [], watch: 5 }
  - { name: processes, cloud: { kind: real, account: "123456789012", region: us-east-1, role: "arn:aws:iam::123456789012:role/c" }, runtime: process, port: 8102, protected: false, gates: [], watch: 5 }
  - name: real
    cloud: { kind: real, account: "123456789012", region: us-east-1, role: "arn:aws:iam::123456789012:role/c" }
    runtime: aws
    authorizer: { issuer: "https://login.example", audience: [soundbite] }
    port: 8103
    protected: false
    gates: []
    watch: 5
`;

function declared(): Declaration {
  const parsed = parseDeclaration({ file: 'environments.yaml', text });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.declaration;
}

describe('what requests did', () => {
  const asked: string[] = [];
  const source = (name: string): Signals => ({
    async requests(environment, sinceMs) {
      asked.push(`${name}: ${environment} since ${sinceMs}`);
      return [];
    },
  });
  const requests = requestsOf(source('edge'), source('log'), () => undefined);

  it('is told by the edge, and by the service’s log where no edge stands before it', async () => {
    for (const environment of declared().environments) await requests(environment, 7);
    expect(asked).toEqual(['edge: emulated since 7', 'edge: processes since 7', 'log: real since 7']);
  });
});
