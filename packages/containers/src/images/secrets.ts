/** Names of what is secret, and forms that secrets have. */
const secretName = /(TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|ACCESS_KEY|API_KEY)/i;
const secretForm =
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]{10,}\.[\w-]{10,}\.|:\/\/[^/\s:@]+:[^/\s@]+@/;

/** Files by whose names people and programs keep what lets them in. */
const secretFileName =
  /^(\.env(\..+)?|\.npmrc|\.netrc|\.pgpass|\.git-credentials|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.(json|csv))?|.+\.(p12|pfx|jks))$/i;
/** What is meant to be seen: how such a file would look. */
const sampleName = /^\.env\.(example|sample|template|dist)$/i;

/** The first of these files that keeps secrets by its name, or holds a private key; certificates are no secret. */
export function secretFileAmong(files: ReadonlyMap<string, Uint8Array>): string | null {
  for (const [path, bytes] of files) {
    const name = path.split('/').at(-1) ?? '';
    if (secretFileName.test(name) && !sampleName.test(name)) return path;
    if (/\.(pem|key)$/i.test(name) && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(Buffer.from(bytes).toString('latin1')))
      return path;
  }
  return null;
}

/** The first of these texts (variables as `NAME=value`, steps of a history) that looks as if it held a secret; it is named up to its value. */
export function secretAmong(texts: readonly string[]): string | null {
  const found = texts.find((text) => secretForm.test(text) || secretName.test(text));
  return found === undefined ? null : (found.split('=', 1)[0] ?? '').slice(0, 60);
}
