import { keptParameters, type ParameterValues } from '@soundbite/model';

/** The values of the parameters that a template of a repair gets: as the stack has them. */
export const standingParameters = (standing: ParameterValues, given: ParameterValues, template: unknown) => ({
  ...keptParameters(template, standing),
  ...Object.fromEntries(Object.keys(given).map((key) => [key, standing[key] ?? ''])),
});
