import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { PinnedResponse } from '@soundbite/model';

/** Largest body of a request to a version, in bytes: that of a synchronous invocation of Lambda. */
export const largestBody = 6_291_456;

/** What belongs to one connection, or is set by whoever forwards; and what only SoundBite may say to a version. */
const notPassedOn =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|host|content-length|accept-encoding|x-soundbite-.*)$/;

/** A request's headers as its version gets them. It is to send its answer as it is: whoever forwards does not inflate. */
export function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !notPassedOn.test(name));
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)])),
    'accept-encoding': 'identity',
  };
}

/** A version's headers as a program gets them. */
export const passedBack = ({ headers }: PinnedResponse): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) =>
        !/^(connection|keep-alive|proxy-.*|trailer|transfer-encoding|upgrade|content-length|x-soundbite-door)$/.test(
          name,
        ),
    ),
  );

/** The whole body; null: it is too large. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // It is read to its end: who is cut off in the middle does not hear why.
    if (bytes <= largestBody) chunks.push(chunk);
  }
  return bytes <= largestBody ? Buffer.concat(chunks) : null;
}

/** A body as text where it is text; else its bytes. */
export function textOrBytes(body: Buffer): string | Uint8Array {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return body;
  }
}
