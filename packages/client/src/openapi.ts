import { ApprovalRequest } from '@soundbite/model/people/approval.ts';
import { ApprovalLink, ApprovalLinkRequest } from '@soundbite/model/people/approval-link.ts';
import { PromotionBody } from '@soundbite/model/promotion.ts';
import { z } from 'zod';
import { type Operation, operations, partsOf, pathParts } from './operations.ts';
import * as schemas from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/** What an operation's body is, by name; anything else is an answer or a part of one. The form of a request and of an answer may differ (defaults). */
const bodies = new Set<unknown>(Object.values<Operation>(operations).flatMap(({ body }) => body ?? []));
/** The contract's names stay what clients were generated from. */
const named = Object.entries({
  ...{ ApprovalLink, ApprovalLinkRequest, ApprovalRequest, PromotionRequest: PromotionBody },
  ...schemas,
}).filter(([name]) => !name.endsWith('Query'));
const requests = Object.fromEntries(named.filter(([, schema]) => bodies.has(schema)));
const answers = Object.fromEntries(named.filter(([, schema]) => !bodies.has(schema)));

/** Statuses that every operation may answer, and those that a part of them may. */
const errors: Readonly<Record<number, string>> = {
  400: 'The request has another form; the error names the place',
  401: 'The bearer token (or the page’s cookie) is missing or wrong, or it is over',
  403: 'The token’s role does not allow it, a page of another origin asks for a change, or a browser’s cookie for a link or a token',
  404: 'What the path, the query or the body names does not exist',
  409: 'The request cannot be done as things are now; the error says what to do',
  413: 'The body is too large',
  415: 'The body has another content type than the call takes (application/json in UTF-8, or a file)',
  421: 'The Host header is not a name of this machine’s loopback interface',
  500: 'The control plane failed',
  503: 'The control plane, or something that it needs, is not ready; try again in a moment',
};

/** The OpenAPI 3.1 document of the control plane. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, Json>> = {
    '/health': { get: healthOperation },
  };
  for (const [name, operation] of Object.entries<Operation>(operations)) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described(name, operation) };
  }
  const responses = Object.fromEntries(
    Object.entries(errors).map(([status, description]) => [
      `Error${status}`,
      { description, content: json(ref('ErrorEnvelope')) },
    ]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'SoundBite control plane',
      version: '1',
      description:
        'What the `soundbite` command asks for. It listens on the loopback interface only. The bearer token stands in `control-plane.json` of the home (`.soundbite`). A browser that was let in by a link asks with a cookie instead, from the control plane’s own pages.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The address in control-plane.json' }],
    security: [{ token: [] }],
    tags: tags.map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: reached({ ...converted(requests, 'input'), ...converted(answers, 'output') }, [paths, responses]),
      responses,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

const tags = [
  ['environments', 'Where releases run'],
  ['releases', 'What is promoted'],
  ['evidence', 'What is known of a release'],
  ['flow', 'What keeps releases from entering an environment'],
  ['promotions', 'Bringing a release into an environment, and back'],
  ['people', 'Who may ask for what, and who did'],
  ['operations', 'The control plane and this machine'],
  ['dev', 'Serving from source'],
] as const;

function tagOf(path: string): string {
  if (path.startsWith('/v1/dev') || path.endsWith('/dev')) return 'dev';
  if (path.endsWith('/evidence')) return 'evidence';
  if (/\/(freezes|taints|hold|resume|block|unblock)\b/.test(path)) return 'flow';
  if (/^\/v1\/(tokens|accesses|page)/.test(path)) return 'people';
  const room = path.split('/')[2] ?? '';
  return tags.some(([name]) => name === room) ? room : 'operations';
}

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json): Json => ({ 'application/json': { schema } });

const healthOperation: Json = {
  operationId: 'isAlive',
  summary: 'Whether the control plane is alive',
  tags: ['operations'],
  security: [],
  responses: {
    200: { description: 'Alive', content: json(ref('Alive')) },
    ...refused([421, 503]),
  },
};

function described(operationId: string, operation: Operation): Json {
  const { path, summary, answer, status = 200, lines, numbered, query, errors: own = [] } = operation;
  const name = nameOf(answer, answers);
  const content = lines ? contentOfLines(name, numbered) : json(ref(name));
  const parameters = [
    ...partsOf(path).map(pathParameter),
    ...queryParameters(query),
    ...(numbered ? [lastEventParameter] : []),
  ];
  const body = bodyOf(operation);
  const sized = body ? [413, 415] : [];
  return {
    operationId,
    summary,
    tags: [tagOf(path)],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: body } } : {}),
    responses: {
      [status]: { description: summary, content },
      ...refused([400, 401, 403, ...own, ...sized, 421, 500, 503]),
    },
  };
}

/** A file is bytes that the document does not describe. */
function bodyOf({ body, file }: Operation): Json | null {
  if (file) return { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
  return body ? json(ref(nameOf(body, requests))) : null;
}

const contentOfLines = (name: string, numbered = false): Json => ({
  'application/x-ndjson': { schema: linesOf(name) },
  ...(numbered ? { 'text/event-stream': { schema: serverSentOf(name) } } : {}),
});

const lastEventParameter: Json = {
  ...{ in: 'header', name: 'Last-Event-ID', required: false },
  description: 'what a browser that comes back has; it counts instead of `after`',
  schema: { type: 'string', pattern: '^\\d{1,16}$' },
};

const serverSentOf = (name: string): Json => ({
  type: 'string',
  description: `Server-sent events whose data is a ${name} each, and whose id is its sequence`,
});

/** OpenAPI 3.1 knows no schema of a line: the text's content is described by JSON Schema's own means. */
const linesOf = (name: string): Json => ({
  type: 'string',
  description: `Lines of JSON, each a ${name}; an empty one only says that the answer goes on`,
  contentMediaType: 'application/x-ndjson',
  contentSchema: ref(name),
});

function refused(statuses: readonly number[]): Json {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Error${status}` }]));
}

function nameOf(schema: z.ZodType, among: Readonly<Record<string, z.ZodType>>): string {
  const found = Object.entries(among).find(([, one]) => one === schema);
  if (!found) throw new Error('an operation uses a schema that openapi.ts does not name');
  return found[0];
}

function pathParameter(name: string): Json {
  const { schema, description } = pathParts[name] ?? { schema: z.string(), description: '' };
  return { in: 'path', name, required: true, description, schema: bare(z.toJSONSchema(schema)) };
}

function queryParameters(query: z.ZodObject | undefined): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, field]) => {
    const { description, ...schema } = bare(z.toJSONSchema(field as z.ZodType, { io: 'output' })) as {
      description?: string;
    };
    return {
      in: 'query',
      name,
      required: isRequired(field as z.ZodType),
      ...(description ? { description } : {}),
      schema,
    };
  });
}

const isRequired = (field: z.ZodType) => !field.safeParse(undefined).success;

/** The schemas by name, referring to each other. An answer may have more members than are promised, so it is open. */
function converted(named: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas: all } = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => {
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(Object.entries(all).map(([id, schema]) => [id, bare(schema as Json)]));
}

/** Those schemas that a part of the document leads to, by name. */
function reached(all: Json, from: unknown): Json {
  const found = new Set<string>();
  const follow = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      follow(all[name]);
    }
  };
  follow(from);
  return Object.fromEntries([...found].sort().map((name) => [name, all[name]]));
}

const bare = ({ $schema: _, $id: __, id: ___, ...schema }: Json): Json => schema;
