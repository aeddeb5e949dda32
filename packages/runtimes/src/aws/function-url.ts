import { GetFunctionUrlConfigCommand, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import type { Drift, Target } from '@soundbite/model';
import type { Clients } from './clients.ts';
import type { Component } from './components.ts';
import { isDenied } from './retry.ts';

/** What differs of the URL of a component's alias: it is gone, has another address, or asks callers for signatures. None without one. */
export async function functionUrlDrift(
  { lambda }: Clients,
  { environment }: Pick<Target, 'environment'>,
  { functionName: FunctionName, alias: Qualifier, url }: Pick<Component, 'functionName' | 'alias' | 'url'>,
): Promise<Drift[]> {
  if (url === null) return [];
  const where = `URL of ${FunctionName}:${Qualifier}`;
  const hint = `soundbite repair ${environment.name}`;
  try {
    const asked = new GetFunctionUrlConfigCommand({ FunctionName, Qualifier });
    const { FunctionUrl, AuthType } = await lambda.send(asked);
    const another = { where, detail: `is ${FunctionUrl}, not ${url}`, hint, inTraffic: true };
    const closed = { where, detail: `answers signed requests only (AuthType ${AuthType})`, hint, inTraffic: true };
    return [...(FunctionUrl === url ? [] : [another]), ...(AuthType === 'NONE' ? [] : [closed])];
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [{ where, detail: 'is gone', hint, inTraffic: true }];
    if (!isDenied(error)) throw error;
    // An account that was bootstrapped by an older SoundBite: its controller may not look yet.
    const bootstrap = `soundbite bootstrap ${environment.name}`;
    return [{ where, detail: `cannot be read: ${error.message}`, hint: bootstrap, inTraffic: false }];
  }
}
