import {
  amountIn,
  componentMemory,
  type DeclaredProcess,
  type Environment,
  problemText,
  serviceFile,
  serviceProblem,
} from '@soundbite/model';
import { type ReadService, serviceInvalid } from './service-file.ts';

/**
 * What `process` of service.yaml names must be there: outputs in the stacks of an environment that runs processes, each in one of them, and amounts in its settings.
 * `outputs` are the logical ids of all stacks. Errors: `declaration-invalid`, with all that is missing.
 */
export function refuseMissingNeeds(
  { service: { process }, text }: ReadService,
  { name, runtime, settings }: Pick<Environment, 'name' | 'runtime' | 'settings'>,
  outputs: readonly string[],
): void {
  if (runtime === 'aws' || !process) return;
  const told = [
    ...outputNeeds(process, outputs),
    ...amountNeeds(process, settings),
    ...reservationNeeds(process, settings),
  ].map(({ path, message }) =>
    problemText(serviceProblem({ file: serviceFile, text }, ['process', ...path], `${message} (${name})`)),
  );
  if (told.length > 0) throw serviceInvalid(told.join('\n'));
}

interface Need {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function outputNeeds({ environment = {}, components }: DeclaredProcess, outputs: readonly string[]): Need[] {
  const named = [
    ...Object.entries(environment).map(([variable, output]) => ({ path: ['environment', variable], output })),
    ...components.flatMap(({ role }, index) =>
      role === undefined ? [] : [{ path: ['components', index, 'role'], output: role }],
    ),
  ];
  return named.flatMap(({ path, output }) => {
    const count = outputs.filter((one) => one === output).length;
    if (count === 1) return [];
    return [
      {
        path,
        message: count === 0 ? `no stack has the output ${output}` : `${count} stacks have the output ${output}`,
      },
    ];
  });
}

function amountNeeds({ components }: DeclaredProcess, settings: Environment['settings']): Need[] {
  return components.flatMap((component, index) =>
    (['memory', 'reserved', 'seconds'] as const).flatMap((key) =>
      component[key] === undefined || amountIn(settings, component[key]) !== null
        ? []
        : [{ path: ['components', index, key], message: `${component[key]} is no number above 0` }],
    ),
  );
}

/** An engine refuses a container that has more reserved than it may use: better the cut does, at the line. */
function reservationNeeds({ components }: DeclaredProcess, settings: Environment['settings']): Need[] {
  return components.flatMap((component, index) => {
    const { heapMiB, limitMiB, reservedMiB } = componentMemory(settings, component);
    if (reservedMiB === null || reservedMiB <= limitMiB) return [];
    const message = `${reservedMiB} MiB are more than the ${limitMiB} MiB that it may use: ${heapMiB} of its heap, and ${limitMiB - heapMiB} beside it`;
    return [{ path: ['components', index, 'reserved'], message }];
  });
}
