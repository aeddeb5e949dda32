import { createHash } from 'node:crypto';

/** Every AWS name that SoundBite derives from an environment's name, in one place: templates, policies and calls must agree on them. */
export const awsNames = (environment: string) => ({
  stack: `soundbite-${environment}`,
  /** The stack that `soundbite bootstrap` makes; CDK calls it the toolkit stack. */
  toolkitStack: `soundbite-bootstrap-${environment}`,
  /** CDK's bootstrap qualifier: at most 10 characters, one for each environment, so that no environment uses another's roles. */
  qualifier: `sb${createHash('sha256').update(environment).digest('hex').slice(0, 8)}`,
  controllerRole: `soundbite-${environment}-controller`,
  /** The table that `soundbite bootstrap` makes: one item, the generation of the controller that may act (see Fence). */
  fenceTable: `soundbite-${environment}-fence`,
  permissionsBoundary: `soundbite-${environment}-boundary`,
  executionPolicy: `soundbite-${environment}-execution`,
  /** No role that the bootstrap makes may ever do more than this policy allows. */
  operatorsBoundary: `soundbite-${environment}-operators-boundary`,
});

/** A change set of an environment's stack. The name identifies its stack: permissions on a change set know no stack. */
export const changeSetName = (environment: string, attempt: string) => `${awsNames(environment).qualifier}-${attempt}`;

/** The alias that takes traffic, where an app has none of its own. Only the controller moves it. */
export const liveAlias = 'live';

/** Response and request headers between the service, the edge and the gates. */
export const headers = {
  release: 'x-soundbite-release',
  /** Request: answer with this release, whatever the weights (edge only, loopback only). */
  pin: 'x-soundbite-pin',
  rehearsal: 'x-soundbite-rehearsal',
  /** In the place of a rehearsal's: a migration invokes a component, and means it. */
  migration: 'x-soundbite-migration',
  executedVersion: 'x-soundbite-executed-version',
} as const;

/** How the cookies begin by which a browser asks the control plane. Cookies know no ports: what else listens on this machine gets them, too. */
export const pageCookiePrefix = 'soundbite-page-';
