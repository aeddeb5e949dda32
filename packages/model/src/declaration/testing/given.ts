import { parseDeclaration, problemText } from '../parse.ts';

/** Two environments with everything that is obligatory. */
export const small = `version: 1
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
  - name: first
    cloud: { kind: emulated, account: "000000000001", region: us-east-1 }
    runtime: process
    port: 8101
    protected: false
    gates: [smoke]
    watch: 0
  - name: second
    cloud: { kind: emulated, account: "000000000002", region: us-east-1 }
    runtime: aws
    port: 8102
    protected: true
    gates: []
    watch: 5
    service:
      limits: { requestsPerSecond: 200 }
`;

/** So many environments that say what they must, each in an account of its own; `more`: a further line of the first, second, … */
export function numbered(count: number, more: Readonly<Record<number, string>> = {}): string {
  const environments = Array.from({ length: count }, (_, index) =>
    [
      `  - name: e${index + 1}`,
      `    cloud: { kind: emulated, account: "${String(index + 1).padStart(12, '0')}", region: us-east-1 }`,
      ...(more[index + 1] ? [`    ${more[index + 1]}`] : []),
      '    protected: false',
      '    gates: [smoke]',
      '    watch: 0',
    ].join('\n'),
  );
  return `${small.split('environments:')[0]}environments:\n${environments.join('\n')}\n`;
}

export interface Given {
  readonly text?: string;
  readonly local?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export function parse({ text = small, local, variables }: Given) {
  const file = local === undefined ? undefined : { file: 'environments.local.yaml', text: local };
  return parseDeclaration({ file: 'environments.yaml', text }, file, variables);
}

/** The problems of a declaration as people read them. */
export function problems(given: Given): string[] {
  const parsed = parse(given);
  if (parsed.ok) throw new Error('this declaration has no problem');
  return parsed.problems.map(problemText);
}

/** `small` with one text replaced; the text must be there. */
export function changed(from: string, to: string): Given {
  if (!small.includes(from)) throw new Error(`there is no ${from}`);
  return { text: small.replace(from, to) };
}

export function environmentsIn(given: Given) {
  const parsed = parse(given);
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  return parsed.declaration.environments;
}

/** A cloud that `changed` puts in the place of an emulated one. */
export const realCloudText =
  'kind: real, account: "123456789012", region: eu-central-1, role: "arn:aws:iam::123456789012:role/controller"';
