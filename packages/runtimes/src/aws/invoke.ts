import { InvokeCommand, type InvokeCommandOutput } from '@aws-sdk/client-lambda';
import {
  cloudTrouble,
  type Digest,
  headers,
  type Invoked,
  matchedRoute,
  type PinnedRequest,
  type PinnedResponse,
  SoundBiteError,
} from '@soundbite/model';
import type { Clients } from './clients.ts';
import type { Component } from './components.ts';
import { httpEvent, httpResponse } from './http-event.ts';
import type { Proving } from './proof.ts';
import { restEvent, restResponse } from './rest-event.ts';
import { retried } from './retry.ts';

/** An answer to a request, and the version that made it, as Lambda says. */
export type ExecutedResponse = PinnedResponse & { readonly version: string | undefined };

/** A component's function, and the API that leads to it. */
export type AskedFunction = Pick<Component, 'functionName' | 'alias' | 'rest'>;

/** The event by which a component's API would hand a request to its function, by the routes of the deployed release. */
export async function requestEvent(
  { routes }: Pick<Proving, 'routes'>,
  component: AskedFunction,
  request: PinnedRequest,
): Promise<unknown> {
  const { rest } = component;
  const keys = ((await routes(component)) ?? []).map(({ key }) => key);
  const { pathname } = new URL(`http://pinned.invalid${request.path}`);
  const route = matchedRoute(keys, request.method, pathname);
  return rest ? restEvent(request, rest.stage, route, Date.now()) : httpEvent(request, route, Date.now());
}

/** Asks one version of a function by its own invocation. A version that throws answers 502 with its error and the end of its log, as API Gateway would but saying why. */
export async function invokeApi(
  clients: Clients & Pick<Proving, 'routes'>,
  component: AskedFunction,
  version: string,
  request: PinnedRequest,
  withinMs = 30_000,
): Promise<ExecutedResponse> {
  const { functionName, rest } = component;
  const event = await requestEvent(clients, component, request);
  const answer = await invoke(clients, functionName, version, event, withinMs);
  if (answer.FunctionError) {
    const reason = { ...(parse(answer) as object), log: logOf(answer) };
    const headers = { 'content-type': 'application/json' };
    return { status: 502, headers, body: Buffer.from(JSON.stringify(reason)), version: answer.ExecutedVersion };
  }
  return { ...(rest ? restResponse : httpResponse)(parse(answer)), version: answer.ExecutedVersion };
}

/** An answer of a version that is proven to be a release: that release made it if Lambda says that this version did, whatever its headers say. */
export const provenAnswer = (
  { version, ...answer }: ExecutedResponse,
  asked: string,
  release: Digest | null,
): PinnedResponse => (release !== null && version === asked ? { ...answer, release } : answer);

/** Says in the context of an invocation as what it comes: its event comes from no user. Only who may invoke the function can say so. */
const contextOf = (as: Invoked): string =>
  Buffer.from(JSON.stringify({ custom: { [headers[as]]: 'true' } })).toString('base64');

/** Hands an event to one version of a function. Errors: `worker-failed` (source user) with the function's error and the end of its log. */
export async function invokeVersion(
  clients: Clients,
  functionName: string,
  version: string,
  event: unknown,
  withinMs: number,
  as: Invoked = 'rehearsal',
): Promise<unknown> {
  const answer = await invoke(clients, functionName, version, event, withinMs, contextOf(as));
  if (!answer.FunctionError) return parse(answer);
  const { errorMessage, errorType } = parse(answer) as { errorMessage?: string; errorType?: string };
  throw new SoundBiteError(
    'worker-failed',
    `${functionName}:${version} failed: ${errorType ?? answer.FunctionError}: ${errorMessage ?? 'no message'}${logOf(answer) ? `; its log ends: ${logOf(answer)}` : ''}`,
    { hint: 'fix the function and cut a new release' },
  );
}

/** Which version of a function answers under a qualifier, whatever its answer is: one that throws has answered. */
export async function executedVersion(
  clients: Clients,
  functionName: string,
  qualifier: string,
  event: unknown,
  withinMs: number,
): Promise<string> {
  return (await invoke(clients, functionName, qualifier, event, withinMs)).ExecutedVersion ?? 'unknown';
}

async function invoke(
  { lambda, access, everyMs }: Clients,
  FunctionName: string,
  Qualifier: string,
  payload: unknown,
  withinMs: number,
  ClientContext?: string,
): Promise<InvokeCommandOutput> {
  const abortSignal = AbortSignal.timeout(withinMs);
  try {
    return await retried({ kind: access.kind, firstMs: everyMs, withinMs }, () =>
      lambda.send(
        new InvokeCommand({
          FunctionName,
          Qualifier,
          Payload: Buffer.from(JSON.stringify(payload)),
          LogType: 'Tail',
          ...(ClientContext ? { ClientContext } : {}),
        }),
        { abortSignal },
      ),
    );
  } catch (error) {
    // What AWS throttled to the end of the time is not late by its own doing.
    if (!abortSignal.aborted || cloudTrouble(error)) throw error;
    throw new SoundBiteError('invoke-late', `${FunctionName}:${Qualifier} did not answer within ${withinMs / 1000} s`, {
      cause: error,
      hint: 'see its log: soundbite logs <environment>',
    });
  }
}

const parse = (answer: InvokeCommandOutput): unknown =>
  JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null');

const logOf = (answer: InvokeCommandOutput): string =>
  Buffer.from(answer.LogResult ?? '', 'base64')
    .toString('utf8')
    .trim()
    .slice(-1500);
