import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * One call as it must come, and what a real account answers to it. CloudFormation's and DynamoDB's calls go by the names of their
 * actions, S3's by method and key (`PUT template.json`).
 */
export type Exchange = readonly [call: string, answer: Answer];
type Answer = Readonly<Record<string, unknown>> | Refusal;
interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

export const awsRefusal = (code: string, message: string, status = 400): Refusal => ({ code, message, status });
const isRefusal = (answer: Answer): answer is Refusal => typeof answer.code === 'string' && 'status' in answer;

/**
 * Replays a recorded conversation with an account. `calls` are those that came, `inputs` what they said (CloudFormation's parameters
 * as they were sent: `Parameters.member.1.ParameterKey`). A call that is not the next one is refused, and stands in `calls`.
 */
export async function recordedAws() {
  const script: Exchange[] = [];
  const ever = new Map<string, Answer>();
  const calls: string[] = [];
  const inputs: { readonly call: string; readonly input: Readonly<Record<string, string>> }[] = [];
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const { call, input, format } = read(request, body);
    calls.push(call);
    inputs.push({ call, input });
    const [next] = script;
    const isNext = next?.[0] === call;
    if (isNext) script.shift();
    const other = awsRefusal('NotRecorded', `${call} instead of ${next?.[0] ?? 'the end'}`);
    const answer = isNext ? next[1] : ((next ? undefined : ever.get(call)) ?? other);
    const status = isRefusal(answer) ? answer.status : 200;
    const headers = 'headers' in answer ? (answer.headers as Record<string, string>) : {};
    response.writeHead(status, headers);
    response.end(request.method === 'HEAD' ? undefined : written(call, answer, format));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    /** What the calls of this name said. */
    inputOf: (call: string) => inputs.filter((one) => one.call === call).map(({ input }) => input),
    expect: (exchanges: readonly Exchange[]) => {
      script.splice(0, script.length, ...exchanges);
      calls.length = 0;
      inputs.length = 0;
    },
    /** What is answered, as often as it is asked, when the recorded conversation is over. */
    afterwards: (answers: Readonly<Record<string, Answer>>) => {
      for (const [call, answer] of Object.entries(answers)) ever.set(call, answer);
    },
    close: () => server.close(),
  };
}

type Format = 'query' | 'json' | 's3';

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function read(request: IncomingMessage, body: string): { call: string; input: Record<string, string>; format: Format } {
  const target = request.headers['x-amz-target'];
  if (target) return { call: String(target).split('.')[1] ?? '', input: { body }, format: 'json' };
  const { pathname } = new URL(request.url ?? '/', 'http://recorded.invalid');
  if (pathname !== '/') {
    const input = { path: pathname, checksum: String(request.headers['x-amz-checksum-sha256'] ?? ''), body };
    return { call: `${request.method} ${pathname.split('/').at(-1)}`, input, format: 's3' };
  }
  const { Action: call = '', ...input } = Object.fromEntries(new URLSearchParams(body));
  return { call, input, format: 'query' };
}

function written(call: string, answer: Answer, format: Format): string {
  if (format === 'json')
    return JSON.stringify(isRefusal(answer) ? { __type: answer.code, message: answer.message } : answer);
  if (isRefusal(answer)) {
    const error = `<Error>${xml({ Type: 'Sender', Code: answer.code, Message: answer.message })}</Error>`;
    return format === 's3' ? error : `<ErrorResponse>${error}<RequestId>r-1</RequestId></ErrorResponse>`;
  }
  return format === 's3' ? '' : `<${call}Response><${call}Result>${xml(answer)}</${call}Result></${call}Response>`;
}

function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => `<member>${xml(one)}</member>`).join('');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `<${key}>${xml(one)}</${key}>`)
      .join('');
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
