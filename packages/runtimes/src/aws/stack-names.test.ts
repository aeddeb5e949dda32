import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudAccess, Target } from '@soundbite/model';
import { afterEach, expect, it } from 'vitest';
import { stackNames } from './stack-names.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** CloudFormation, which answers with these, one call after the other; and how often it was asked. */
async function cloudFormation(...answers: readonly (readonly [status: number, xml: string])[]) {
  let asked = 0;
  server = createServer((request, response) => {
    request.resume();
    const [status = 500, xml = ''] = answers[Math.min(asked++, answers.length - 1)] ?? [];
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const access: CloudAccess = {
    kind: 'emulated',
    account: '123456789012',
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', secretAccessKey: 'secret' },
  };
  return { access, asked: () => asked };
}

const member = (id: string, type: string, physical: string) =>
  `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`;
const list = [
  200,
  `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>${member('Table', 'AWS::DynamoDB::Table', 'stack-Table-x')}${member('Rule', 'AWS::Events::Rule', 'stack|rule')}</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`,
] as const;
const failing = (status: number, code: string) =>
  [
    status,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
  ] as const;
const target = () => ({ environment: { name: 'staging' } }) as Target;

it('names of a stack are those of resources that are referred to by their physical id, read once for each look at the stack', async () => {
  const { access, asked } = await cloudFormation(list);
  const names = stackNames();
  const one = target();
  expect(await names(one, access)).toEqual({ Table: 'stack-Table-x' });
  expect(await names(one, access)).toEqual({ Table: 'stack-Table-x' });
  expect(asked()).toBe(1);
  await names(target(), access);
  expect(asked()).toBe(2);
});

it('names of a stack are unknown where they may not be read; a look that fails is made again', async () => {
  const denied = await cloudFormation(failing(403, 'AccessDenied'));
  expect(await stackNames()(target(), denied.access)).toEqual({});
  server?.close();
  const { access } = await cloudFormation(failing(400, 'ValidationError'), list);
  const names = stackNames();
  const one = target();
  await expect(names(one, access)).rejects.toThrow('no');
  expect(await names(one, access)).toEqual({ Table: 'stack-Table-x' });
});
