/** Names of what is secret, and forms that secrets have. */
const secretName = /(TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|ACCESS_KEY|API_KEY)/i;
const secretForm =
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]{10,}\.[\w-]{10,}\.|:\/\/[^/\s:@]+:[^/\s@]+@/;

/** The first of these texts (variables as `NAME=value`, steps of a history) that looks as if it held a secret; it is named up to its value. */
export function secretAmong(texts: readonly string[]): string | null {
  const found = texts.find((text) => secretForm.test(text) || secretName.test(text));
  return found === undefined ? null : (found.split('=', 1)[0] ?? '').slice(0, 60);
}
