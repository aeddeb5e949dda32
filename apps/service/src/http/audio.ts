import type { Hono } from 'hono';
import { type Audio, CONTENT_TYPES, type Soundbite } from '../soundbites/soundbite.ts';
import { errorName } from '../stores/aws.ts';
import type { StoredAudio } from '../stores/bucket.ts';
import type { AppContext, AppParts, AppTypes } from './context.ts';
import {
  type ByteRange,
  isConditional,
  precondition,
  type ReadHeader,
  type Representation,
  rangeHolds,
  readRange,
} from './preconditions.ts';
import { fieldProblem, HttpProblem } from './problems.ts';
import { findSoundbite } from './soundbites.ts';

type Audible = Soundbite & { readonly audio: Audio };

/**
 * GET and HEAD /soundbites/:id/audio: a redirect to a presigned URL, which answers ranges and conditions itself, or with
 * `?stream=1` the bytes.
 */
export function audioRoute(app: Hono<AppTypes>, parts: AppParts): void {
  app.get('/soundbites/:id/audio', async (c) => {
    const stream = readStream(c);
    const soundbite = audible(await findSoundbite(c, parts));
    const streamed = stream && (await answer(c, parts, soundbite));
    if (streamed) return streamed;
    const method = c.req.method === 'HEAD' ? 'HEAD' : 'GET'; // a URL is signed for one method
    c.header('cache-control', 'private, no-store');
    const headers = { type: CONTENT_TYPES[soundbite.format], disposition: disposition(soundbite) };
    return c.redirect(await parts.bucket.presign(soundbite.audio.key, headers, method), 307);
  });
}

function readStream(c: AppContext): boolean {
  const stream = c.req.query('stream');
  if (stream === undefined || stream === '0') return false;
  if (stream === '1') return true;
  throw fieldProblem(422, 'wrong-stream', 'stream', 'is neither 0 nor 1');
}

function audible(soundbite: Soundbite): Audible {
  const { status, audio } = soundbite;
  if (status === 'ready' && audio !== undefined) return soundbite as Audible;
  if (status === 'failed')
    throw fieldProblem(
      409,
      'soundbite-failed',
      'id',
      `names a soundbite that has no audio, for it failed: ${soundbite.reason ?? 'no reason was kept'}`,
    );
  throw new HttpProblem(409, 'soundbite-not-ready', `the soundbite is ${status}: there is no audio yet`, {
    errors: [{ field: 'id', message: `names a soundbite that is ${status}` }],
    headers: { 'retry-after': '1' },
  });
}

/** What an answer gives, and by which status. */
interface Given {
  readonly status: 200 | 206 | 304;
  readonly range: ByteRange | undefined;
}

/** The audio itself; undefined when Lambda's greatest answer is too small for what is asked. */
async function answer(c: AppContext, { bucket }: AppParts, soundbite: Audible): Promise<Response | undefined> {
  const { key } = soundbite.audio;
  const header = (name: string) => c.req.header(name);
  const isHead = c.req.method === 'HEAD';
  const known = isHead || isConditional(header) ? await stored(() => bucket.head(key)) : undefined;
  const given = decide(header, soundbite.audio.bytes, isHead, known);
  if (given.status !== 304 && !fits(c, soundbite.audio.bytes, given.range)) return undefined;
  const object =
    known && (isHead || given.status === 304) ? { ...known, body: null } : await get(bucket, key, given.range);
  return respond(c, soundbite, given, object);
}

/** @throws Problem 412 or 416 */
function decide(header: ReadHeader, bytes: number, isHead: boolean, known: Representation | undefined): Given {
  const decided = known && precondition(header, known);
  if (decided === 412)
    throw new HttpProblem(412, 'precondition-failed', 'the audio is not the one that the request names');
  if (decided === 304) return { status: 304, range: undefined };
  // RFC 9110 knows ranges of GET only.
  const range = isHead || (known && !rangeHolds(header, known)) ? undefined : readRange(header, bytes);
  if (range !== 'unsatisfiable') return { status: range === undefined ? 200 : 206, range };
  throw new HttpProblem(416, 'wrong-range', 'range lies outside of the audio', {
    errors: [{ field: 'range', message: 'lies outside of the audio' }],
    headers: { 'content-range': `bytes */${bytes}`, 'accept-ranges': 'bytes' },
  });
}

/** Lambda's answers have a greatest size; longer audio is redirected to even when a stream was asked for. */
function fits(c: AppContext, bytes: number, range: ByteRange | undefined): boolean {
  const length = range === undefined ? bytes : range.last - range.first + 1;
  return length <= (c.env.maxAnswerBytes ?? Number.POSITIVE_INFINITY);
}

function get(bucket: AppParts['bucket'], key: string, range: ByteRange | undefined): Promise<StoredAudio> {
  return stored(() => bucket.get(key, range && `bytes=${range.first}-${range.last}`));
}

async function stored<Found>(ask: () => Promise<Found>): Promise<Found> {
  try {
    return await ask();
  } catch (error) {
    // HEAD has no body to say which of the two it is.
    if (['NoSuchKey', 'NotFound'].includes(errorName(error)))
      throw fieldProblem(404, 'audio-gone', 'id', 'names a soundbite whose audio is gone');
    throw error;
  }
}

type Sent = Representation & { readonly body: ReadableStream<Uint8Array> | null };

/** What HEAD says is what GET says. The object never changes, so that whoever has it need only ask whether it is there still. */
function respond(c: AppContext, soundbite: Audible, { status, range }: Given, object: Sent): Response {
  const { bytes } = soundbite.audio;
  c.header('etag', object.etag);
  c.header('last-modified', object.modified.toUTCString());
  c.header('cache-control', 'private, no-cache');
  c.header('accept-ranges', 'bytes');
  if (status === 304) return c.body(null, 304);
  c.header('content-type', CONTENT_TYPES[soundbite.format]);
  c.header('content-disposition', disposition(soundbite));
  c.header('content-length', String(range === undefined ? bytes : range.last - range.first + 1));
  if (range !== undefined) c.header('content-range', `bytes ${range.first}-${range.last}/${bytes}`);
  return object.body === null ? c.body(null, status) : c.body(object.body, status);
}

/** Played in a page, saved under a name of its own. */
function disposition({ id, format }: Soundbite): string {
  return `inline; filename="soundbite-${id}.${format}"`;
}
