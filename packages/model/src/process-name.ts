/** A process of the service, as its name says it. */
interface NamedProcess {
  readonly environment: string;
  readonly component: string;
}

/** `dev-aws` and `order-mails` → `dev-aws-order_mails`: both may have hyphens, so the component has none here. */
export const processNameOf = (environment: string, component: string): string =>
  `${environment}-${component.replaceAll('-', '_')}`;

/** What `processNameOf` made; null: it did not make this. */
export function namedProcess(text: string): NamedProcess | null {
  const [, environment, component] = /^(.+)-([a-z][a-z0-9_]*)$/.exec(text) ?? [];
  if (environment === undefined || component === undefined) return null;
  return { environment, component: component.replaceAll('_', '-') };
}
