import * as z from 'zod';
import type { Settings } from '../settings.ts';
import * as documents from './documents.ts';
import { PROBLEM_TYPE } from './problems.ts';
import { soundbiteRequest } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json): Json => ({ 'application/json': { schema } });
const answer = (description: string, schema: string): Json => ({ description, content: json(ref(schema)) });
const problem = (description: string): Json => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: ref('Problem') } },
});
const parameter = (place: string, name: string, description: string, schema: Json): Json => ({
  in: place,
  name,
  description,
  required: place === 'path',
  schema,
});

const ID = parameter('path', 'id', 'The soundbite’s id', { type: 'string', format: 'uuid' });
const MISSING = { 404: problem('There is no such soundbite') };

const PATHS: Readonly<Record<string, Json>> = {
  '/soundbites': {
    post: {
      summary: 'Have a text spoken',
      description:
        'Answers at once; the audio follows. Ask for the soundbite until it is ready, or give a callbackUrl.',
      parameters: [
        parameter('header', 'Idempotency-Key', 'The same key and body give the same soundbite, for a day', {
          type: 'string',
          pattern: '^[!-+\\--~]{1,255}$',
        }),
      ],
      requestBody: { required: true, content: json(ref('SoundbiteRequest')) },
      responses: {
        202: { ...answer('Accepted', 'Soundbite'), headers: { Location: { schema: { type: 'string' } } } },
        400: problem('The body is no JSON that is taken here, or the key has a wrong form'),
        413: problem('The body is too large'),
        415: problem('The body is not application/json'),
        422: problem('A field is wrong, or the key was used before with another body'),
        429: problem('Too many requests; Retry-After says when'),
      },
    },
    get: {
      summary: 'List soundbites, newest first',
      parameters: [
        parameter('query', 'limit', 'How many', { type: 'integer', minimum: 1, maximum: 100, default: 20 }),
        parameter('query', 'cursor', '`next` of the page before', { type: 'string' }),
      ],
      responses: { 200: answer('A page', 'SoundbiteList'), 422: problem('Limit or cursor is wrong') },
    },
  },
  '/soundbites/{id}': {
    get: {
      summary: 'Ask how a soundbite is',
      parameters: [ID],
      responses: { 200: answer('The soundbite', 'Soundbite'), ...MISSING },
    },
    delete: {
      summary: 'Forget a soundbite and its audio',
      parameters: [ID],
      responses: { 204: { description: 'Forgotten' }, ...MISSING },
    },
  },
  '/soundbites/{id}/audio': {
    get: {
      summary: 'Hear it',
      parameters: [
        ID,
        parameter('query', 'stream', '1: the bytes themselves (one Range is served) instead of a redirect', {
          type: 'string',
          enum: ['0', '1'],
        }),
      ],
      responses: {
        200: { description: 'The audio', content: { 'audio/wav': {}, 'audio/mpeg': {} } },
        206: { description: 'A range of the audio' },
        307: { description: 'A URL that gives the audio for five minutes' },
        409: problem('It is not ready, or it failed'),
        416: problem('The range lies outside of the audio'),
        ...MISSING,
      },
    },
  },
  '/voices': { get: { summary: 'List the voices', responses: { 200: answer('The voices', 'Voices') } } },
  '/health': { get: { summary: 'Whether the process is alive', responses: { 200: answer('Alive', 'Health') } } },
  '/ready': {
    get: {
      summary: 'Each dependency with its latency; waiting jobs and the age of the oldest',
      responses: { 200: answer('Ready', 'Ready'), 503: answer('Not ready', 'Ready') },
    },
  },
  '/version': { get: { summary: 'What runs here', responses: { 200: answer('The version', 'Version') } } },
  '/metrics': {
    get: {
      summary: 'Metrics in Prometheus’ text format',
      responses: { 200: { description: 'Metrics', content: { 'text/plain': {} } } },
    },
  },
  '/openapi.json': { get: { summary: 'This document', responses: { 200: { description: 'OpenAPI 3.1' } } } },
};

/** The API's OpenAPI 3.1 document, under the limits of this environment. Its schemas are those by which requests are checked. */
export function openApiDocument({ release, environment, service }: Settings): Json {
  const request = soundbiteRequest({ ...service, textBytes: service.limits.textBytes });
  const schemas = {
    SoundbiteRequest: z.toJSONSchema(request, { io: 'input' }),
    Soundbite: z.toJSONSchema(documents.AcceptedDocument),
    SoundbiteList: z.toJSONSchema(documents.ListDocument),
    Voices: z.toJSONSchema(documents.VoicesDocument),
    Health: z.toJSONSchema(documents.HealthDocument),
    Ready: z.toJSONSchema(documents.ReadyDocument),
    Version: z.toJSONSchema(documents.VersionDocument),
    Problem: z.toJSONSchema(documents.ProblemSchema),
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'SoundBite',
      version: release,
      description: `Text in, speech out. Environment: ${environment}. Every answer names its release in x-soundbite-release.`,
      license: { name: 'MIT' },
    },
    paths: PATHS,
    components: { schemas },
  };
}
