import { asRecord, type Json } from '../template.ts';
import { permissionTypes } from '../template-permissions.ts';

/** Where an adopted release has, in the assembly of its environment, what its stacks become before they are handed over: an assembly, too. */
export const coverDirectory = 'cover';

/** The template that a stack had when it was sealed, beside it. */
export const liveFile = (stack: string): string => `${stack}.live.json`;

/**
 * What a stack that plain `cdk deploy` made becomes first when it is adopted: all that it has, as it is, and beside it what delivery adds: aliases, permissions of these,
 * parameters, outputs. Nothing calls an alias yet, so nobody notices. What delivery leaves out (versions that an alias may stand on) is retained when it goes; a permission goes
 * for good: the control plane gives the same one first, and nobody would take what is retained. Pure.
 */
export function coverTemplate(live: Json, delivered: Json): Json {
  const [present, wanted] = [asRecord(live.Resources), asRecord(delivered.Resources)];
  const kept = Object.entries(present).map(([id, resource]) => [
    id,
    id in wanted ? resource : retained(asRecord(resource)),
  ]);
  return {
    ...delivered,
    Resources: { ...wanted, ...Object.fromEntries(kept) },
  };
}

const retained = (resource: Json): Json =>
  permissionTypes.has(String(resource.Type))
    ? resource
    : { ...resource, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
