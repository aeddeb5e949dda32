import { createHash } from 'node:crypto';

/** Whose a container, network or volume is: the id of the home. What has another, or none, is not touched. */
export const installationLabel = 'dev.soundbite.installation';
/** What a container was made from, so that one that is as it shall be is left alone. */
export const specLabel = 'dev.soundbite.spec';
/** The path by which a container is asked whether it is well. */
export const healthLabel = 'dev.soundbite.health';

/** The port that every container of ours listens on, in its own network. */
export const innerPort = 8080;
/** As whom services run: a user that no image has to know by name. */
export const serviceUser = 10_001;
/** Where a container reads what is in no listing. */
export const secretsDirectory = '/run/soundbite';

/** The beginning of an installation's id. */
export const shortInstallation = (installation: string): string => installation.replaceAll('-', '').slice(0, 8);

/** Names on an engine are everybody's: ours begin with the installation's. */
export const nameOnEngine = (installation: string, name: string): string =>
  `soundbite-${shortInstallation(installation)}-${name}`;

/** The name of a container that runs the home, in the networks of its environments: its address changes when it is made anew. */
export const homeByName = 'soundbite-home';

/**
 * The name of a container in its network. Below `localhost`, so that a service which knows its own machine's names alone (isLoopbackHost) answers as it does on 127.0.0.1: no name
 * server but the engine's has it. A part of a name has 63 letters at most.
 */
export function nameInNetwork(name: string): string {
  const part =
    name.length <= 63 ? name : `${name.slice(0, 18)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
  return `${part}.localhost`;
}

/** The name by which a container reaches this machine where that does not hold the gateway of its network (Docker Desktop). */
export const hostByName = 'host.docker.internal';
