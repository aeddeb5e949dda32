/** What is declared, as people say it: `by 2, role approver, emulated (self true)`. */
export function optionsText(options: Readonly<Record<string, unknown>> | undefined): string {
  return Object.entries(options ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(' ');
  return typeof value === 'object' && value !== null
    ? `(${optionsText(value as Readonly<Record<string, unknown>>)})`
    : String(value);
}
