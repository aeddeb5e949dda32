import type { Hono } from 'hono';
import * as z from 'zod';
import { accept } from '../soundbites/accept.ts';
import { isId } from '../soundbites/identity.ts';
import { forget } from '../soundbites/litter.ts';
import { writeMessage } from '../soundbites/message.ts';
import type { Soundbite } from '../soundbites/soundbite.ts';
import { soundbiteView } from '../soundbites/view.ts';
import { readBody } from './body.ts';
import type { AppContext, AppParts, AppTypes } from './context.ts';
import { fieldProblem, HttpProblem } from './problems.ts';
import { isRehearsal } from './rehearsal.ts';
import { soundbiteRequest } from './schemas.ts';

const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 100;

/** The routes of the noun itself. */
export function soundbiteRoutes(app: Hono<AppTypes>, parts: AppParts): void {
  const { service } = parts.settings;
  const schema = soundbiteRequest({ ...service, textBytes: service.limits.textBytes });

  app.post('/soundbites', async (c) => {
    const rehearsal = isRehearsal(c, parts.settings);
    const idempotencyKey = readIdempotencyKey(c);
    const request = await readBody(c.req.raw, service.limits.bodyBytes, schema);
    const acceptance = await accept(parts, { ...request, idempotencyKey, rehearsal, principal: c.env.principal ?? '' });
    if (acceptance.kind === 'key-reused') {
      throw fieldProblem(422, 'idempotency-key-reused', 'idempotency-key', 'was used before with another body');
    }
    if (acceptance.kind === 'contended') throw changing();
    const { soundbite } = acceptance;
    if (acceptance.kind === 'accepted') parts.metrics.accepted.inc({ status: soundbite.status });
    c.header('location', `/soundbites/${soundbite.id}`);
    const extra = rehearsal ? { rehearsalMessage: writeMessage(soundbite.id, true) } : {};
    return c.json({ ...soundbiteView(soundbite), ...extra }, 202);
  });

  app.get('/soundbites', async (c) => {
    const { limit, cursor } = readPage(c);
    const { soundbites, next } = await parts.table.list(limit, cursor);
    return c.json({ soundbites: soundbites.map(soundbiteView), next: next === undefined ? null : writeCursor(next) });
  });

  app.get('/soundbites/:id', async (c) => c.json(soundbiteView(await findSoundbite(c, parts))));

  app.delete('/soundbites/:id', async (c) => {
    await forgetNamed(c, parts);
    return c.body(null, 204);
  });
}

/** The soundbite that the path names. A rehearsal's is there for rehearsals only. */
export async function findSoundbite(c: AppContext, parts: AppParts): Promise<Soundbite> {
  const rehearsal = isRehearsal(c, parts.settings);
  const id = c.req.param('id') ?? '';
  const soundbite = isId(id) ? await parts.table.soundbite(id) : undefined;
  if (soundbite !== undefined && soundbite.rehearsal === rehearsal) return soundbite;
  throw fieldProblem(404, 'no-such-soundbite', 'id', 'names no soundbite that is there');
}

/** Forgets it; when it changes at that very moment, the changed one. */
async function forgetNamed(c: AppContext, parts: AppParts): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    if (await forget(parts, await findSoundbite(c, parts))) return;
  }
  throw changing();
}

function changing(): HttpProblem {
  return new HttpProblem(409, 'changing', 'others are changing the same at this moment; try again', {
    headers: { 'retry-after': '1' },
  });
}

function readIdempotencyKey(c: AppContext): string | undefined {
  const key = c.req.header('idempotency-key');
  // No comma: two headers arrive as one with a comma, and only in some runtimes with a space.
  if (key === undefined || /^[\x21-\x2b\x2d-\x7e]{1,255}$/.test(key)) return key;
  throw fieldProblem(
    400,
    'wrong-idempotency-key',
    'idempotency-key',
    'is not 1 to 255 visible ASCII characters without a comma',
  );
}

const Limit = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(LARGEST_PAGE));

function readPage(c: AppContext): { limit: number; cursor: string | undefined } {
  const limit = Limit.safeParse(c.req.query('limit') ?? String(DEFAULT_PAGE));
  if (!limit.success) throw fieldProblem(422, 'wrong-limit', 'limit', `is not a number from 1 to ${LARGEST_PAGE}`);
  const cursor = c.req.query('cursor');
  if (cursor === undefined) return { limit: limit.data, cursor };
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!isId(id)) throw fieldProblem(422, 'wrong-cursor', 'cursor', 'is not a cursor from a list');
  return { limit: limit.data, cursor: id };
}

/** Opaque to callers: that it is an id is nobody's business. */
function writeCursor(id: string): string {
  return Buffer.from(id, 'latin1').toString('base64url');
}
