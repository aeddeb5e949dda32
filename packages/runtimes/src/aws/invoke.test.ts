import type { InvokeCommand } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import type { Clients } from './clients.ts';
import { invokeApi, invokeVersion } from './invoke.ts';
import type { Proving } from './proof.ts';

/** Lambda that answers `{}`; what it was asked. */
function recorded() {
  const asked: InvokeCommand['input'][] = [];
  const lambda = {
    send: async ({ input }: InvokeCommand) => {
      asked.push(input);
      return { Payload: Buffer.from('{"statusCode":200}') };
    },
  };
  const routes = async () => null;
  const clients = { lambda, access: { kind: 'real' }, everyMs: 1, routes };
  return { asked, clients: clients as unknown as Clients & Pick<Proving, 'routes'> };
}

const eventOf = ({ Payload }: { readonly Payload?: unknown }) =>
  JSON.parse(Buffer.from(Payload as Uint8Array).toString());

it('an event for the worker says in its context that it is a rehearsal; the event itself stays as it is', async () => {
  const { asked, clients } = recorded();
  await invokeVersion(clients, 'worker', '7', { Records: [] }, 1_000);
  expect(asked).toMatchObject([{ FunctionName: 'worker', Qualifier: '7' }]);
  expect(eventOf(asked[0] ?? {})).toEqual({ Records: [] });
  const context = Buffer.from(asked[0]?.ClientContext ?? '', 'base64').toString();
  expect(JSON.parse(context)).toEqual({ custom: { 'x-soundbite-rehearsal': 'true' } });
});

it('one for a migration says that, and that it is no rehearsal', async () => {
  const { asked, clients } = recorded();
  await invokeVersion(clients, 'worker', '7', {}, 1_000, 'migration');
  const context = Buffer.from(asked[0]?.ClientContext ?? '', 'base64').toString();
  expect(JSON.parse(context)).toEqual({ custom: { 'x-soundbite-migration': 'true' } });
});

it('a request has its body as text, or its bytes in base64; its path leads nowhere else', async () => {
  const { asked, clients } = recorded();
  const request = { method: 'POST', path: '//elsewhere/a?b=1', rehearsal: true };
  const api = { functionName: 'api', alias: 'live', rest: null };
  await invokeApi(clients, api, '7', { ...request, body: 'ä' });
  await invokeApi(clients, api, '7', { ...request, body: new Uint8Array([0xff, 0]) });
  expect(asked.map(eventOf)).toMatchObject([
    { rawPath: '//elsewhere/a', rawQueryString: 'b=1', body: 'ä', isBase64Encoded: false },
    { body: '/wA=', isBase64Encoded: true },
  ]);
});
