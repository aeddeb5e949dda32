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

/** What any request may be answered, whatever it asks for. */
const ANYTIME = {
  400: problem('It is no request that can be read'),
  421: problem('The Host header is no name of the service'),
  431: problem('The header fields are too large'),
  500: problem('The service met an error of its own'),
  503: problem('A dependency does not answer; Retry-After says when to try again'),
};
/** And what is answered to users beside it; those who look at the service are never turned away. */
const TO_USERS = { ...ANYTIME, 429: problem('Too many requests; Retry-After says when') };
const REHEARSALS = { 403: problem('The request rehearses by a wrong token') };

const bytes = (type: string): Json => ({ [type]: { schema: { type: 'string', contentMediaType: type } } });
const AUDIO = { ...bytes('audio/wav'), ...bytes('audio/mpeg') };

const SOUNDBITES: Readonly<Record<string, Json>> = {
  '/soundbites': {
    post: {
      operationId: 'createSoundbite',
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
        ...TO_USERS,
        ...REHEARSALS,
        400: problem('The body is no JSON that is taken here, or the key has a wrong form'),
        409: problem('Others are changing the same at this moment; try again'),
        413: problem('The body is too large'),
        415: problem('The body is not application/json'),
        422: problem('A field is wrong, or the key was used before with another body'),
      },
    },
    get: {
      operationId: 'listSoundbites',
      summary: 'List soundbites, newest first',
      parameters: [
        parameter('query', 'limit', 'How many', { type: 'integer', minimum: 1, maximum: 100, default: 20 }),
        parameter('query', 'cursor', '`next` of the page before', { type: 'string' }),
      ],
      responses: { 200: answer('A page', 'SoundbiteList'), ...TO_USERS, 422: problem('Limit or cursor is wrong') },
    },
  },
  '/soundbites/{id}': {
    get: {
      operationId: 'getSoundbite',
      summary: 'Ask how a soundbite is',
      parameters: [ID],
      responses: { 200: answer('The soundbite', 'Soundbite'), ...TO_USERS, ...REHEARSALS, ...MISSING },
    },
    delete: {
      operationId: 'deleteSoundbite',
      summary: 'Forget a soundbite and its audio',
      parameters: [ID],
      responses: {
        204: { description: 'Forgotten' },
        ...TO_USERS,
        ...REHEARSALS,
        ...MISSING,
        409: problem('Others are changing the same at this moment; try again'),
      },
    },
  },
  '/soundbites/{id}/audio': {
    get: {
      operationId: 'getAudio',
      summary: 'Hear it',
      parameters: [
        ID,
        parameter('query', 'stream', '1: the bytes themselves (one Range is served) instead of a redirect', {
          type: 'string',
          enum: ['0', '1'],
        }),
      ],
      responses: {
        200: { description: 'The audio', content: AUDIO },
        206: { description: 'A range of the audio', content: AUDIO },
        304: { description: 'The audio that the client has is still the one (If-None-Match, If-Modified-Since)' },
        307: { description: 'A URL that gives the audio for five minutes' },
        ...TO_USERS,
        ...REHEARSALS,
        ...MISSING,
        409: problem('It is not ready, or it failed'),
        412: problem('The audio is not the one that the request names (If-Match, If-Unmodified-Since)'),
        416: problem('The range lies outside of the audio'),
        422: problem('stream is neither 0 nor 1'),
      },
    },
  },
  '/voices': {
    get: {
      operationId: 'listVoices',
      summary: 'List the voices',
      responses: { 200: answer('The voices', 'Voices'), ...TO_USERS },
    },
  },
};

const OPERATIONS: Readonly<Record<string, Json>> = {
  '/health': {
    get: {
      operationId: 'getHealth',
      summary: 'Whether the process is alive',
      responses: { 200: answer('Alive', 'Health'), ...ANYTIME },
    },
  },
  '/ready': {
    get: {
      operationId: 'getReadiness',
      summary: 'Each dependency with its latency; waiting jobs and the age of the oldest',
      responses: { 200: answer('Ready', 'Ready'), ...ANYTIME, 503: answer('Not ready', 'Ready') },
    },
  },
  '/version': {
    get: {
      operationId: 'getVersion',
      summary: 'What runs here',
      responses: { 200: answer('The version', 'Version'), ...ANYTIME },
    },
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      summary: 'Metrics in Prometheus’ text format',
      responses: { 200: { description: 'Metrics', content: bytes('text/plain') }, ...ANYTIME },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'getContract',
      summary: 'This document',
      responses: { 200: { description: 'OpenAPI 3.1', content: json({ type: 'object' }) }, ...TO_USERS },
    },
  },
};

const TAGS = [
  { name: 'soundbites', description: 'Texts and their speech' },
  { name: 'operations', description: 'How the service is looked at' },
];

/** Each operation with the tag of its part of the API. */
function tagged(tag: string, paths: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  const operations = (methods: Json) =>
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method, { tags: [tag], ...(operation as Json) }]),
    );
  return Object.fromEntries(Object.entries(paths).map(([path, methods]) => [path, operations(methods)]));
}

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
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The address of the environment' }],
    // Where an authorizer stands in front, it is the environment’s: the service itself asks for nothing.
    security: [],
    tags: TAGS,
    paths: { ...tagged('soundbites', SOUNDBITES), ...tagged('operations', OPERATIONS) },
    components: { schemas },
  };
}
