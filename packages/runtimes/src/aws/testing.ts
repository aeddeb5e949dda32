import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Release } from '@soundbite/model';
import { fakeLogs } from './testing-logs.ts';
import { toldConfiguration } from './testing-releases.ts';

/**
 * The part of AWS that the runtime calls, as AWS documents it and an emulated account does not show it: a function is busy after a
 * deploy, a published version and a mapping become usable only after a while, a revision may have moved, new permissions come late.
 * Keeps two functions `api` and `worker`, the mapping `m-1` and the fence item; remembers every call that changes something.
 */
export async function fakeAws(older: Release, newer: Release) {
  const calls: string[] = [];
  /** The calls that only read. */
  const reads: string[] = [];
  /** GetAccountSettings; null: an answer without figures. */
  const account: { unreserved: number | null } = { unreserved: 1000 };
  /** Errors to answer with, once each, by the call's first words (`PUT functions/api/aliases/live`). */
  const once = new Map<string, readonly [status: number, name: string]>();
  const functions = new Map(['api', 'worker'].map((name) => [name, newFunction(name, older, newer)]));
  const mapping: FakeMapping = { state: 'Disabled', looks: 0, arn: arnOf('worker:live') };
  /** Mappings from the same queue that somebody made, by their ids. */
  const strayMappings = new Map<string, FakeMapping>();
  const api = {
    routes: [{ RouteKey: '$default', Target: 'integrations/i-1' }],
    integrations: [{ IntegrationId: 'i-1', IntegrationType: 'AWS_PROXY', IntegrationUri: arnOf('api:live') }],
  };
  const fence: { owner?: string; generation?: number } = {};
  /** ListStackResources: the physical id of the layer; null: the controller may not list them. */
  const stack: { layer: string | null } = { layer: null };
  const logs = fakeLogs();

  function lambda(method: string, path: string, query: URLSearchParams, body: Json): Reply {
    const words = path.replace(/^\/(\d{4}-\d\d-\d\d\/)?/, '');
    const call = `${method} ${words}`;
    if (method === 'GET') reads.push(call);
    else calls.push(`${call}${query.size > 0 ? `?${query}` : ''} ${JSON.stringify(body)}`);
    const error = once.get(call);
    if (error) {
      once.delete(call);
      return [error[0], { message: 'told so' }, error[1]];
    }
    if (words === 'account-settings/' || words === 'account-settings')
      return [
        200,
        account.unreserved === null ? {} : { AccountLimit: { UnreservedConcurrentExecutions: account.unreserved } },
      ];
    if (words.startsWith('event-source-mappings')) return mappingReply(method, words.split('/')[1] ?? '', body);
    if (words.startsWith('v2/apis/api-1/')) return apiReply(method, words, query, body);
    const [, named = '', part] = words.split('/');
    const [name = '', version] = named.split(':');
    const fn = functions.get(name);
    if (!fn) return [404, { message: `no function ${name}` }, 'ResourceNotFoundException'];
    if (
      part === undefined
        ? method === 'GET'
        : part !== 'aliases'
          ? /^(concurrency|policy)$/.test(part)
          : method === 'DELETE' || words.endsWith('/aliases')
    )
      return doors(fn, method, words.split('/').slice(2), query.get('Qualifier'), body);
    if (method === 'DELETE') {
      fn.versions = fn.versions.filter((one) => one.Version !== version);
      return [204, {}];
    }
    if (part === 'versions')
      return method === 'POST' ? publish(fn, body) : [200, { Versions: [latest(fn), ...fn.versions] }];
    if (part === 'configuration' && method === 'PUT') return updateConfiguration(fn, body);
    if (part === 'code') return updateCode(fn, body);
    if (part === 'configuration') return [200, configuration(fn, query.get('Qualifier'))];
    if (part === 'aliases') return alias(fn, method, body);
    if (part === 'invocations') {
      const answer = name === 'api' ? { statusCode: 200, headers: {}, body: '{}' } : { batchItemFailures: [] };
      return [200, answer, undefined, executed(fn, query.get('Qualifier'))];
    }
    return [404, { message: words }, 'ResourceNotFoundException'];
  }

  /** AWS returns the same for a list as for one. */
  function mappingReply(method: string, id: string, body: Json): Reply {
    const all = new Map([['m-1', mapping], ...strayMappings]);
    const tell = ([UUID, { state, arn }]: [string, FakeMapping]) => ({ UUID, State: state, FunctionArn: arn });
    if (!id) return [200, { EventSourceMappings: [...all].map(tell) }];
    const one = all.get(id);
    if (!one) return [404, { message: `no mapping ${id}` }, 'ResourceNotFoundException'];
    if (method === 'PUT') {
      Object.assign(one, { state: body.Enabled ? 'Enabling' : 'Disabling', looks: 0 });
      if (body.FunctionName) one.arn = arnOf(String(body.FunctionName));
    } else if (one.state.endsWith('ing') && ++one.looks > 1)
      one.state = one.state === 'Enabling' ? 'Enabled' : 'Disabled';
    return [200, tell([id, one])];
  }

  /** At most a hundred at once, as AWS answers. */
  function apiReply(method: string, words: string, query: URLSearchParams, body: Json): Reply {
    const lower = (items: readonly object[]) =>
      items.map((item) =>
        Object.fromEntries(Object.entries(item).map(([key, value]) => [key[0]?.toLowerCase() + key.slice(1), value])),
      );
    const page = (items: readonly object[]): Reply => {
      const from = Number(query.get('nextToken') ?? 0);
      const to = from + Math.min(100, Number(query.get('maxResults') ?? 100));
      return [200, { items: lower(items.slice(from, to)), ...(to < items.length ? { nextToken: String(to) } : {}) }];
    };
    if (words.endsWith('/routes')) return page(api.routes);
    if (method !== 'PATCH') return page(api.integrations);
    const patched = api.integrations.find(({ IntegrationId }) => words.endsWith(`/${IntegrationId}`));
    Object.assign(patched ?? {}, { IntegrationUri: body.integrationUri });
    return [200, {}];
  }

  function dynamo(action: string, body: Json): Reply {
    if (action === 'GetItem')
      return [200, { Item: { owner: { S: fence.owner }, generation: { N: String(fence.generation) } } }];
    const values = body.ExpressionAttributeValues as { ':owner': { S: string }; ':generation': { N: string } };
    const [owner, generation] = [values[':owner'].S, Number(values[':generation'].N)];
    const isOurs = fence.owner === undefined || (fence.owner === owner && (fence.generation ?? 0) <= generation);
    calls.push(`fence ${owner} ${generation}${isOurs ? '' : ' refused'}`);
    if (!isOurs) return [400, { message: 'no' }, 'ConditionalCheckFailedException'];
    Object.assign(fence, { owner, generation });
    return [200, {}];
  }

  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return void response
        .writeHead(stack.layer === null ? 403 : 200, { 'content-type': 'text/xml' })
        .end(stack.layer === null ? deniedXml : membersXml(stack.layer));
    const body = JSON.parse(text || '{}') as Json;
    const url = new URL(request.url ?? '/', 'http://fake.invalid');
    const [service, action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const [status, answer, error, version] = action
      ? service?.startsWith('Logs_')
        ? logs.filterLogEvents(body)
        : dynamo(action, body)
      : lambda(request.method ?? '', decodeURIComponent(url.pathname), url.searchParams, body);
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(error ? { 'x-amzn-errortype': error } : {}),
      ...(version ? { 'x-amz-executed-version': version } : {}),
    });
    response.end(status === 204 ? undefined : JSON.stringify(error ? { __type: error, ...answer } : answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    reads,
    once,
    functions,
    mapping,
    strayMappings,
    api,
    fence,
    stack,
    logs,
    account,
    close: () => server.close(),
  };
}

const membersXml = (layer: string) =>
  `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries><member><LogicalResourceId>Layer</LogicalResourceId><ResourceType>AWS::Lambda::LayerVersion</ResourceType><PhysicalResourceId>${layer}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`;

const deniedXml =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';

interface FakeMapping {
  state: string;
  looks: number;
  arn: string;
}

const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;

type Json = Record<string, unknown>;
type Reply = readonly [status: number, body: object, error?: string | undefined, version?: string];

interface FakeFunction {
  /** What $LATEST is; published versions are copies of it. */
  configuration: ReturnType<typeof toldConfiguration>;
  codeSha256: string;
  revision: number;
  looks: number;
  versions: (ReturnType<typeof toldConfiguration> & { Version: string; CodeSha256: string; looks: number })[];
  alias: { FunctionVersion: string; Description: string; RoutingConfig: object; RevisionId: string };
  /** Beside `live`. */
  otherAliases: string[];
  reserved: number | undefined;
  /** Why Lambda cannot run it; absent: it can. */
  unusable?: { readonly StateReasonCode: string; readonly StateReason: string };
  /** Statements of its resource policies, by the qualifier; '' is the function's own. */
  policies: Map<string, object[]>;
  /** Versions that answer at the alias before those that it names do. */
  stillAnswering: string[];
}

const newFunction = (name: string, older: Release, newer: Release): FakeFunction => ({
  configuration: toldConfiguration(name, newer.digest),
  codeSha256: newer.manifest.service.codeSha256 ?? '',
  revision: 1,
  looks: 0,
  versions: [
    {
      ...toldConfiguration(name, older.digest),
      Version: '1',
      CodeSha256: older.manifest.service.codeSha256 ?? '',
      looks: 9,
    },
  ],
  alias: { FunctionVersion: '1', Description: '', RoutingConfig: {}, RevisionId: 'a-1' },
  otherAliases: [],
  reserved: undefined,
  policies: new Map([['live', name === 'api' ? [mayInvoke('api:live', 'declared', 'apigateway.amazonaws.com')] : []]]),
  stillAnswering: [],
});

/** A statement of a function's resource policy. */
export const mayInvoke = (name: string, Sid: string, Service: string) => ({
  Sid,
  Effect: 'Allow',
  Principal: { Service },
  Resource: arnOf(name),
});

/** A statement of a resource policy, as AddPermission writes it. */
function permit(fn: FakeFunction, qualifier: string, { StatementId, Principal, SourceArn }: Json): Reply {
  const before = fn.policies.get(qualifier) ?? [];
  const name = `${fn.configuration.FunctionName}:${qualifier}`;
  const Condition = SourceArn === undefined ? {} : { Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } } };
  const statement = { ...mayInvoke(name, String(StatementId), String(Principal)), ...Condition };
  if (before.some((one) => 'Sid' in one && one.Sid === StatementId))
    return [409, { message: 'is there' }, 'ResourceConflictException'];
  fn.policies.set(qualifier, [...before, statement]);
  return [201, { Statement: JSON.stringify(statement) }];
}

/** The function itself with its concurrency, the list of aliases, resource policies. */
function doors(
  fn: FakeFunction,
  method: string,
  [part, name]: readonly string[],
  qualifier: string | null,
  body: Json,
): Reply {
  if (part === 'policy' && method === 'POST') return permit(fn, qualifier ?? '', body);
  if (part === 'policy' && method === 'DELETE') {
    const others = (fn.policies.get(qualifier ?? '') ?? []).filter((one) => !('Sid' in one && one.Sid === name));
    fn.policies.set(qualifier ?? '', others);
    return [204, {}];
  }
  if (part === 'policy') {
    const Statement = fn.policies.get(qualifier ?? '') ?? [];
    if (Statement.length === 0) return [404, { message: 'no policy' }, 'ResourceNotFoundException'];
    return [200, { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }];
  }
  if (part === 'concurrency') fn.reserved = undefined;
  if (part === undefined) return [200, { Concurrency: { ReservedConcurrentExecutions: fn.reserved } }];
  if (method === 'DELETE') fn.otherAliases = fn.otherAliases.filter((one) => one !== name);
  return method === 'DELETE' ? [204, {}] : [200, { Aliases: ['live', ...fn.otherAliases].map((Name) => ({ Name })) }];
}

/** The version that runs an invocation. */
function executed(fn: FakeFunction, qualifier: string | null): string {
  if (qualifier !== 'live') return qualifier ?? '$LATEST';
  return fn.stillAnswering.shift() ?? fn.alias.FunctionVersion;
}

/** Of a list AWS leaves out the state. */
const latest = (fn: FakeFunction) => ({
  ...fn.configuration,
  Version: '$LATEST',
  CodeSha256: fn.codeSha256,
  RevisionId: `r-${fn.revision}`,
});

function configuration(fn: FakeFunction, qualifier: string | null): object {
  const version = fn.versions.find((one) => one.Version === qualifier);
  if (fn.unusable) return { ...latest(fn), State: 'Failed', ...fn.unusable };
  if (version) return { ...version, State: ++version.looks > 1 ? 'Active' : 'Pending' };
  return { ...latest(fn), State: 'Active', LastUpdateStatus: ++fn.looks > 1 ? 'Successful' : 'InProgress' };
}

const moved: Reply = [412, { message: 'the revision moved' }, 'PreconditionFailedException'];

function publish(fn: FakeFunction, body: Json): Reply {
  if (body.RevisionId !== `r-${fn.revision}`) return moved;
  const Version = String(fn.versions.length + 1);
  const Description = String(body.Description ?? '');
  const version = { ...structuredClone(fn.configuration), Description, Version, CodeSha256: fn.codeSha256, looks: 0 };
  fn.versions.push(version);
  return [201, { ...version, State: 'Pending' }];
}

function updateConfiguration(fn: FakeFunction, body: Json): Reply {
  if (body.RevisionId !== `r-${fn.revision}`) return moved;
  Object.assign(fn.configuration, body);
  Object.assign(fn, { revision: fn.revision + 1, looks: 0 });
  return [200, { ...latest(fn), LastUpdateStatus: 'InProgress' }];
}

function updateCode(fn: FakeFunction, body: Json): Reply {
  if (body.RevisionId !== `r-${fn.revision}`) return moved;
  const bytes = Buffer.from(String(body.ZipFile), 'base64');
  fn.codeSha256 = createHash('sha256').update(bytes).digest('base64');
  Object.assign(fn, { revision: fn.revision + 1, looks: 0 });
  return [200, { ...latest(fn), LastUpdateStatus: 'InProgress' }];
}

function alias(fn: FakeFunction, method: string, body: Json): Reply {
  if (method === 'PUT') {
    if (body.RevisionId !== fn.alias.RevisionId) return moved;
    fn.alias = {
      // What is not told stays.
      FunctionVersion: typeof body.FunctionVersion === 'string' ? body.FunctionVersion : fn.alias.FunctionVersion,
      Description: typeof body.Description === 'string' ? body.Description : fn.alias.Description,
      RoutingConfig: (body.RoutingConfig as object | undefined) ?? fn.alias.RoutingConfig,
      RevisionId: `a-${Number(fn.alias.RevisionId.slice(2)) + 1}`,
    };
  }
  return [200, { Name: 'live', AliasArn: arnOf(`${fn.configuration.FunctionName}:live`), ...fn.alias }];
}
