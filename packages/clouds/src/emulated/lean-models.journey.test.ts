import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** What a client of these services sends and reads, by the models; `lean` reads them as an account does. */
const program = `
import sys
if sys.argv[1] == 'lean':
    sys.path.insert(0, 'packages/clouds/emulator')
    from lean_models import read_models_lean
    read_models_lean()
import botocore.session, json
session = botocore.session.get_session()
said = {}
for service in ('lambda', 'iam', 'apigateway', 'cloudformation', 's3'):
    model = session.get_service_model(service)
    for name in model.operation_names:
        shapes = (model.operation_model(name).input_shape, model.operation_model(name).output_shape)
        said[service + name] = [sorted(shape.members) if shape else None for shape in shapes]
    said[service + 'shapes'] = sorted(model.shape_names)
    said[service + 'documented'] = model.operation_model(model.operation_names[0]).documentation != ''
print(json.dumps(said))
`;

async function models(how: 'lean' | 'whole'): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(`${root}.venv/bin/python`, ['-c', program, how], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout);
}

it('models that are read lean miss their documentation and nothing else', async () => {
  const [lean, whole] = await Promise.all([models('lean'), models('whole')]);
  const documented = Object.keys(whole).filter((name) => name.endsWith('documented'));
  expect(documented.map((name) => [whole[name], lean[name]])).toEqual(documented.map(() => [true, false]));
  for (const name of documented) delete lean[name];
  for (const name of documented) delete whole[name];
  expect(lean).toEqual(whole);
});
