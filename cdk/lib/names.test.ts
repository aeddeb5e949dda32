import { awsNames, fixedNames, liveAlias, stackOutputs, stackParameters } from '@soundbite/model';
import { expect, it } from 'vitest';
import { contract, namesIn } from './names.ts';

it('the stacks have the alias, parameters and outputs that a deliverer looks for', () => {
  expect(contract).toEqual({ alias: liveAlias, parameters: stackParameters, outputs: stackOutputs });
});

it.each(['dev-localstack', 'production', 'x1'])('what %s’s stack and its bootstrap both name has one name', (name) => {
  expect({ ...awsNames(name), ...fixedNames(name) }).toMatchObject(namesIn(name));
});
