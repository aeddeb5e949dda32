import { expect, it } from 'vitest';
import { readTemplate } from '../template.ts';
import { codeBytesOf } from './code-bytes.ts';

const code = (key: string) => ({ S3Bucket: 'assets', S3Key: `${key}.zip` });
const template = readTemplate({
  Resources: {
    Fn: {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: code('f'), Layers: [{ Ref: 'Layer' }, 'arn:aws:lambda:us-east-1:1:layer:theirs:1'] },
    },
    Plain: { Type: 'AWS::Lambda::Function', Properties: { Code: code('p') } },
    Elsewhere: { Type: 'AWS::Lambda::Function', Properties: { Code: code('unknown') } },
    Layer: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: code('l') } },
  },
});
const sizes: Readonly<Record<string, number>> = { 'asset.f': 100, 'asset.l.zip': 30, 'asset.p.zip': 7 };
const manifest = { files: { f: 'asset.f', l: 'asset.l.zip', p: 'asset.p.zip' } };
const files = {
  text: async () =>
    JSON.stringify({
      files: Object.fromEntries(Object.entries(manifest.files).map(([key, path]) => [key, { source: { path } }])),
    }),
  unpackedBytes: async (path: string) => sizes[path] ?? null,
  shown: (path: string) => path,
  source: (path: string) => path,
};

it('the code of a function is its own and that of its layers, in directories and in zips; of what is elsewhere nothing is known', async () => {
  expect(await codeBytesOf(files, '', 'Stack', template)).toEqual(
    new Map([
      ['Fn', 130],
      ['Plain', 7],
    ]),
  );
});
