import { until } from './emulator.ts';

export interface SoundbiteAnswer {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly callback?: string;
  readonly audio?: { readonly url: string; readonly bytes: number; readonly seconds: number };
}

/** POST /soundbites. */
export function postSoundbite(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}/soundbites`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** Accepts a text and gives the soundbite as it was accepted. @throws when it was not */
export async function accepted(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<SoundbiteAnswer> {
  const response = await postSoundbite(url, body, headers);
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as SoundbiteAnswer;
}

export async function getSoundbite(
  url: string,
  id: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<SoundbiteAnswer> {
  return (await (await fetch(`${url}/soundbites/${id}`, { headers })).json()) as SoundbiteAnswer;
}

/** Awaits the end of a soundbite: ready or failed, its callback settled. */
export async function finished(url: string, id: string, ms = 15_000): Promise<SoundbiteAnswer> {
  let soundbite = await getSoundbite(url, id);
  await until(ms, `soundbite ${id} to be finished`, async () => {
    soundbite = await getSoundbite(url, id);
    return ['ready', 'failed'].includes(soundbite.status) && soundbite.callback !== 'pending';
  });
  return soundbite;
}
