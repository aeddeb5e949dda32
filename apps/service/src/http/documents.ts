import * as z from 'zod';

/** The answers' documents as schemas: the API's document is made from them, and tests hold the answers to them. */

export const SoundbiteDocument = z.strictObject({
  id: z.uuid(),
  status: z.enum(['queued', 'working', 'ready', 'failed']),
  reason: z.string().optional().meta({ description: 'Why it failed' }),
  text: z.string().meta({ description: 'As it was sent' }),
  spoken: z
    .string()
    .optional()
    .meta({ description: 'The words that are said for the text, where they differ from it' }),
  voice: z.string(),
  format: z.enum(['wav', 'mp3']),
  speed: z.number(),
  audio: z
    .strictObject({
      url: z.string().meta({ description: 'Path that leads to the audio' }),
      contentType: z.enum(['audio/wav', 'audio/mpeg']),
      bytes: z.int(),
      seconds: z.number(),
    })
    .optional(),
  engine: z.string().optional(),
  callback: z.enum(['pending', 'delivered', 'failed']).optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const AcceptedDocument = SoundbiteDocument.extend({
  rehearsalMessage: z.string().optional().meta({ description: 'Rehearsals only: the message that was not sent' }),
});

export const ListDocument = z.strictObject({
  soundbites: z.array(SoundbiteDocument),
  next: z.string().nullable().meta({ description: 'The cursor of the next page; null at the end' }),
});

export const VoicesDocument = z.strictObject({
  voices: z.array(z.strictObject({ name: z.string(), description: z.string(), language: z.string() })),
});

export const HealthDocument = z.strictObject({ status: z.literal('alive') });

export const ReadyDocument = z.strictObject({
  status: z.enum(['ready', 'unready']),
  dependencies: z.array(
    z.strictObject({ name: z.string(), ok: z.boolean(), ms: z.number(), error: z.string().optional() }),
  ),
  jobs: z.strictObject({
    waiting: z.int().nullable(),
    inFlight: z.int().nullable(),
    deadLetters: z.int().nullable(),
    oldestSeconds: z.int().nullable().meta({ description: 'Age of the oldest unfinished soundbite' }),
  }),
});

export const VersionDocument = z.strictObject({
  release: z.string().meta({ example: `sha256:${'0'.repeat(64)}` }),
  commit: z.string(),
  builtAt: z.string().nullable().meta({ description: 'Time of the commit' }),
  environment: z.string(),
});

export const ProblemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().meta({ description: 'Stable name of the problem' }),
  errors: z
    .array(
      z.strictObject({
        field: z.string(),
        message: z.string(),
        at: z
          .strictObject({
            index: z.int().meta({ description: 'Place in the field, in UTF-16 units from 0' }),
            character: z.string(),
            codePoint: z.string().meta({ example: 'U+1F600' }),
          })
          .optional()
          .meta({ description: 'The character that is wrong' }),
      }),
    )
    .optional()
    .meta({ description: 'Each thing that is wrong, and where' }),
  requestId: z.string().optional(),
});
