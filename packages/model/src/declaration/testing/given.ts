import { parseDeclaration, problemText } from '../parse.ts';
import { schemaText } from './orders-schema.ts';

export { schemaText } from './orders-schema.ts';

/** A service whose settings are described: whole numbers, a level and a group. */
export const serviceText = `version: 1
name: orders
inputs: [src]
app: [node, app.js]
components: [{ name: api, function: Api }]
settings: src/settings.schema.json
process: { directory: src, components: [{ name: api, takes: [requests], health: /health }] }
`;

/** Two environments with everything that is obligatory. */
export const small = `version: 1
settings:
  engine: fast
  limits: { itemBytes: 3000, bodyBytes: 16384, requestsPerSecond: 50 }
  logLevel: info
  memory: { apiMiB: 256, workerMiB: 512 }
  retentionDays: 30
  audit: public
  tags: [a, b]
  maxAttempts: 5
environments:
  - name: first
    cloud: { kind: emulated, account: "000000000001", region: us-east-1 }
    runtime: process
    port: 8101
    protected: false
    gates:
      - smoke
  - name: second
    cloud: { kind: emulated, account: "000000000002", region: us-east-1 }
    runtime: aws
    port: 8102
    protected: true
    gates:
      - watch: { seconds: 5 }
    settings:
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
    ].join('\n'),
  );
  return `version: 1\nenvironments:\n${environments.join('\n')}\n`;
}

export interface Given {
  readonly text?: string;
  readonly local?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** service.yaml; null: there is none. When absent, one whose schema fits `small`, if the text says any settings. */
  readonly service?: string | null;
  /** Other files, by their path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: 'unchecked';
  /** What service.yaml names; null: it is not there. */
  readonly schema?: string | null;
  readonly runtime?: 'compose';
}

export function parse({
  text = small,
  local,
  variables,
  service,
  schema = schemaText,
  settings,
  files: more,
  runtime,
}: Given) {
  const files: Readonly<Record<string, string | null | undefined>> = {
    'environments.yaml': text,
    'environments.local.yaml': local,
    'service.yaml': service ?? (service === undefined && text.includes('settings:') ? serviceText : undefined),
    'src/settings.schema.json': schema,
    ...more,
  };
  return parseDeclaration((file) => files[file] ?? undefined, {
    variables: variables ?? {},
    ...(settings ? { settings } : {}),
    ...(runtime ? { runtime } : {}),
  });
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
