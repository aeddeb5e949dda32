/** What tells at an environment's address whether the service is well, by 2xx. */
export interface HealthPaths {
  /** Whether it lives: nothing that it depends on is asked. */
  readonly alive: string;
  readonly ready: string;
  /** It keeps the service contract: it names its release, and says what it depends on and more at further paths. */
  readonly keepsContract: boolean;
}
