import type { Hono } from 'hono';
import { CONTENT_TYPES, type Soundbite } from '../soundbites/soundbite.ts';
import { errorName } from '../stores/aws.ts';
import type { StoredAudio } from '../stores/bucket.ts';
import type { AppContext, AppParts, AppTypes } from './context.ts';
import { fieldProblem, Problem } from './problems.ts';
import { findSoundbite } from './soundbites.ts';

type Audible = Soundbite & Required<Pick<Soundbite, 'audio'>>;

/** GET /soundbites/:id/audio: a redirect to a presigned URL, or with `?stream=1` the bytes themselves. */
export function audioRoute(app: Hono<AppTypes>, parts: AppParts): void {
  app.get('/soundbites/:id/audio', async (c) => {
    const stream = readStream(c);
    const soundbite = audible(await findSoundbite(c, parts));
    const { key } = soundbite.audio as NonNullable<Soundbite['audio']>;
    const range = readRange(c);
    c.header('cache-control', 'private, no-store');
    // HEAD has no body: nothing is taken from the bucket that nobody would read.
    if (stream && fits(c, soundbite) && c.req.method === 'GET')
      return streamed(c, soundbite, await stored(parts, key, range));
    return c.redirect(await parts.bucket.presign(key, CONTENT_TYPES[soundbite.format]), 307);
  });
}

function readStream(c: AppContext): boolean {
  const stream = c.req.query('stream');
  if (stream === undefined || stream === '0') return false;
  if (stream === '1') return true;
  throw fieldProblem(422, 'wrong-stream', 'stream', 'is neither 0 nor 1');
}

/** One range of bytes, as players ask for it; any other form is ignored, as RFC 9110 allows. */
function readRange(c: AppContext): string | undefined {
  const range = c.req.header('range');
  return range !== undefined && /^bytes=(\d+-\d*|-\d+)$/.test(range) ? range : undefined;
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
  throw new Problem(409, 'soundbite-not-ready', `the soundbite is ${status}: there is no audio yet`, {
    errors: [{ field: 'id', message: `names a soundbite that is ${status}` }],
    headers: { 'retry-after': '1' },
  });
}

/** Lambda's answers have a greatest size; longer audio is redirected to even when a stream was asked for. */
function fits(c: AppContext, soundbite: Soundbite): boolean {
  return (soundbite.audio?.bytes ?? 0) <= (c.env.maxAnswerBytes ?? Number.POSITIVE_INFINITY);
}

async function stored(parts: AppParts, key: string, range: string | undefined): Promise<StoredAudio> {
  try {
    return await parts.bucket.get(key, range);
  } catch (error) {
    if (errorName(error) === 'InvalidRange')
      throw fieldProblem(416, 'wrong-range', 'range', 'lies outside of the audio');
    if (errorName(error) === 'NoSuchKey')
      throw fieldProblem(404, 'audio-gone', 'id', 'names a soundbite whose audio is gone');
    throw error;
  }
}

function streamed(c: AppContext, soundbite: Soundbite, { body, bytes, range }: StoredAudio): Response {
  c.header('content-type', CONTENT_TYPES[soundbite.format]);
  c.header('content-length', String(bytes));
  c.header('accept-ranges', 'bytes');
  c.header('content-disposition', `inline; filename="soundbite-${soundbite.id}.${soundbite.format}"`);
  if (range !== undefined) c.header('content-range', range);
  return c.body(body, range === undefined ? 200 : 206);
}
