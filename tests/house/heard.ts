import { setTimeout as pause } from 'node:timers/promises';

interface Heard {
  /** To what the link to audio leads. */
  readonly origin: string;
  /** Of what that answers. */
  readonly status: number;
  readonly type: string | null;
  readonly bytes: number;
  /** From where the service lets its page play sound. */
  readonly played: string | undefined;
}

/** Has an environment speak as a browser at `base` would, and follows its link to the audio. */
export async function hear(base: string, text: string): Promise<Heard> {
  const made = await fetch(`${base}/soundbites`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  if (made.status !== 202) throw new Error(`${base}: ${made.status} ${await made.text()}`);
  const { id } = (await made.json()) as { readonly id: string };
  const link = await linkOf(`${base}/soundbites/${id}/audio`);
  const sound = await fetch(link);
  const policy = (await fetch(`${base}/`)).headers.get('content-security-policy') ?? '';
  return {
    ...{ origin: new URL(link).origin, status: sound.status, type: sound.headers.get('content-type') },
    bytes: (await sound.arrayBuffer()).byteLength,
    played: /media-src 'self' blob: ([^;]*)/.exec(policy)?.[1],
  };
}

/** Once there is audio (409 before). */
async function linkOf(url: string): Promise<string> {
  for (const end = Date.now() + 60_000; ; await pause(250)) {
    const answer = await fetch(url, { redirect: 'manual' });
    const link = answer.headers.get('location');
    if (answer.status === 307 && link !== null) return link;
    if (answer.status !== 409 || Date.now() > end) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  }
}
