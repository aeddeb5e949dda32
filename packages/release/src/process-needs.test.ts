import { parseService, serviceFile } from '@soundbite/model';
import { expect, it } from 'vitest';
import { refuseMissingNeeds } from './process-needs.ts';

const text = `version: 1
name: one
inputs: [src]
app: [node, app.ts]
components: [{ name: api, function: Api }]
process:
  directory: src
  environment:
    TABLE: TableName
  components:
    - name: web
      takes: [requests]
      health: /health
      role: WebRole
      memory: settings.web.memory
      reserved: settings.web.reserved
`;
const read = () => {
  const parsed = parseService({ file: serviceFile, text });
  if (!parsed.ok) throw new Error('this service.yaml is right');
  return { service: parsed.service, text };
};
const environment = { name: 'dev', runtime: 'process', settings: { web: { memory: 64, reserved: 224 } } } as const;

it('what processes need is there', () => {
  expect(() => refuseMissingNeeds(read(), environment, ['TableName', 'WebRole', 'Other'])).not.toThrow();
});

it('is refused at its lines where an environment lacks it, all at once', () => {
  const wrong = { ...environment, settings: { web: { memory: 'much', reserved: -1 } } };
  expect(() => refuseMissingNeeds(read(), wrong, ['TableName', 'TableName'])).toThrow(
    expect.objectContaining({
      code: 'declaration-invalid',
      message: [
        'service.yaml:9 process.environment.TABLE: 2 stacks have the output TableName (dev)',
        'service.yaml:14 process.components[0].role: no stack has the output WebRole (dev)',
        'service.yaml:15 process.components[0].memory: settings.web.memory is no number above 0 (dev)',
        'service.yaml:16 process.components[0].reserved: settings.web.reserved is no number above 0 (dev)',
      ].join('\n'),
    }),
  );
});

it('no more can be reserved for a process than it may use', () => {
  const wrong = { ...environment, settings: { web: { memory: 64, reserved: 225 } } };
  expect(() => refuseMissingNeeds(read(), wrong, ['TableName', 'WebRole'])).toThrow(
    expect.objectContaining({
      code: 'declaration-invalid',
      message:
        'service.yaml:16 process.components[0].reserved: 225 MiB are more than the 224 MiB that it may use: 64 of its heap, and 160 beside it (dev)',
    }),
  );
});

it('is asked of no environment that runs functions', () => {
  expect(() => refuseMissingNeeds(read(), { ...environment, runtime: 'aws' }, [])).not.toThrow();
});
