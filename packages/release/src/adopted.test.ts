import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, environmentsFile, type LiveStack } from '@soundbite/model';
import { afterAll, describe, expect, it } from 'vitest';
import { sealAdopted } from './adopted.ts';
import { releaseStore } from './store.ts';
import { repository, temporary } from './testing.ts';

const place = temporary();
afterAll(place.remove);

const service = (components: string) => `version: 1
name: shop
inputs: [package.json, smoke]
app: [node, app.mjs]
stacks: [{ stack: Shop, name: shop-live }]
components: [${components}]
smoke: { directory: smoke, command: [node, main.mjs], seconds: 10 }
`;
const tree = (name: string, components = '{ name: api, function: Shop/Api }') =>
  repository(join(place.directory, name), {
    [environmentsFile]:
      'version: 1\nenvironments: [{ name: staging, cloud: { kind: emulated, account: "000000000001", region: eu-central-1 } }]\n',
    'service.yaml': service(components),
    'package.json': '{}\n',
    'smoke/main.mjs': '\n',
  });
const environment = {
  name: 'staging',
  runtime: 'aws',
  protected: false,
  settings: { size: 2 },
} as unknown as Environment;
const template = {
  Resources: {
    Api: {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: { S3Bucket: { 'Fn::Sub': 'theirs' }, S3Key: 'abc.zip' } },
      Metadata: { 'aws:cdk:path': 'Shop/Api/Resource' },
    },
  },
};
const seal = (source: string, code = 'zip', stands: LiveStack['template'] = template) =>
  sealAdopted({
    ...{ source, environment, account: '000000000001', region: 'eu-central-1' },
    store: join(place.directory, 'releases'),
    stacks: [{ name: 'shop-live', template: stands, code: new Map([['abc.zip', Buffer.from(code)]]) }],
  });

describe('what stands in an environment', () => {
  it('is sealed as a release for it alone, with its code, its template as it is delivered and as it stood', async () => {
    const { release, path, created } = await seal(tree('one'));
    expect(created).toBe(true);
    const { manifest, provenance } = await releaseStore(join(place.directory, 'releases')).verify(release);
    expect(manifest).toMatchObject({ environments: ['staging'], smoke: null, service: { name: 'shop' } });
    expect(provenance.adopted).toEqual({ account: '000000000001', region: 'eu-central-1', stacks: ['shop-live'] });
    const read = (file: string) => JSON.parse(readFileSync(join(path, 'assembly/staging', file), 'utf8'));
    const delivered = read('shop-live.template.json').Resources;
    // Where CloudFormation took the code from stays: another place would be a change of what serves.
    expect(delivered.Api.Properties).toEqual(template.Resources.Api.Properties);
    expect(Object.keys(delivered)).toEqual(['Api', 'ApiLiveVersion', 'ApiLive', 'DeployedRelease']);
    expect(read('cover/shop-live.template.json').Resources).toMatchObject({ ...template.Resources, ApiLive: {} });
    expect(read('cover/shop-live.live.json')).toEqual(template);
    const { files } = read('shop-live.assets.json') as { files: Record<string, { source: { path: string } }> };
    const code = files['abc.zip']?.source.path ?? '';
    expect(readFileSync(join(path, 'assembly/staging', code), 'utf8')).toBe('zip');
  });

  it('has one digest wherever it is sealed, another one for other code, and is never the newest release', async () => {
    const source = tree('two');
    const first = await seal(source);
    const copy = join(place.directory, 'three');
    cpSync(source, copy, { recursive: true });
    expect((await seal(copy)).release).toBe(first.release);
    expect((await seal(source, 'other')).release).not.toBe(first.release);
    const listed = await releaseStore(join(place.directory, 'releases')).list();
    expect(listed.map(({ provenance }) => provenance.adopted?.stacks)).toEqual(listed.map(() => ['shop-live']));
  });

  it('is sealed as the app has it where it was handed back: its cover keeps what stands, and the release knows its rules', async () => {
    const of = (FunctionName: object) => ({
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName, Principal: 'events.amazonaws.com' },
    });
    const Resources = {
      ...template.Resources,
      ApiLive: {
        Type: 'AWS::Lambda::Alias',
        Properties: { Name: 'live', FunctionName: { Ref: 'Api' }, FunctionVersion: '7' },
      },
      Nightly: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'T', Arn: { Ref: 'ApiLive' } }] } },
      Ticked: of({ 'Fn::GetAtt': ['Api', 'Arn'] }),
      TickedOfAlias: of({ Ref: 'ApiLive' }),
    };
    const { path } = await seal(tree('six'), 'zip', { Resources });
    const read = (file: string) => JSON.parse(readFileSync(join(path, 'assembly/staging', file), 'utf8'));
    const delivered = read('shop-live.template.json');
    expect(delivered.Resources).toMatchObject({ Nightly: Resources.Nightly, Ticked: Resources.Ticked });
    expect(delivered.Resources).not.toHaveProperty('TickedOfAlias');
    expect(JSON.stringify(delivered.Outputs)).toContain(
      '"callers\\\\":[{\\\\"id\\\\":\\\\"Ticked\\\\"'.replaceAll('\\\\', '\\'),
    );
    expect(read('cover/shop-live.template.json').Resources).toMatchObject(Resources);
    expect(read('cover/shop-live.live.json')).toEqual({ Resources });
  });

  it('is not sealed with a component that is not there: the line is named', async () => {
    await expect(seal(tree('five', '{ name: api, function: Shop/Gone }'))).rejects.toMatchObject({
      code: 'declaration-invalid',
      message: expect.stringMatching(/service.yaml:6 .*Shop\/Gone is no function/),
    });
  });
});
