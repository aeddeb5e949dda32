/**
 * An app in place of one by the CDK: writes an assembly with the bootstrap that its context names, or one for each name that it is given. `resources` and `stacks` are
 * JavaScript.
 */
export const appOf = (resources: string, stacks = "['Shop']", more = '') => `
  import { mkdirSync, writeFileSync } from 'node:fs';
  import { createHash } from 'node:crypto';
  const [, , ...names] = process.argv;
  const context = JSON.parse(process.env.CDK_CONTEXT_JSON);
  function assembly(out) {
    mkdirSync(out, { recursive: true });
    const write = (name, value) => writeFileSync(out + '/' + name, JSON.stringify(value, null, 1));
    const bucket = 'cdk-' + context['@aws-cdk/core:bootstrapQualifier'] + '-assets-x';
    const artifacts = {};
    for (const stack of ${stacks}) {
      const file = stack + '.template.json';
      const template = { Resources: ${resources} };
      write(file, template);
      const hash = createHash('sha256').update(JSON.stringify(template, null, 1)).digest('hex');
      const destinations = { here: { bucketName: bucket, objectKey: hash + '.json', assumeRoleArn: 'r' } };
      write(stack + '.assets.json', { files: { [hash]: { source: { path: file, packaging: 'file' }, destinations } } });
      artifacts[stack + '.assets'] = { type: 'cdk:asset-manifest', properties: { file: stack + '.assets.json' } };
      artifacts[stack] = {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: { templateFile: file, stackTemplateAssetObjectUrl: 's3://' + bucket + '/' + hash + '.json' },
        dependencies: [stack + '.assets'],
      };
    }
    write('manifest.json', { version: '1', artifacts });
    ${more}
  }
  assembly(process.env.CDK_OUTDIR);
`;
