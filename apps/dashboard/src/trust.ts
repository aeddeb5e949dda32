/**
 * The page's policy lets no text become markup or a program (Trusted Types). The one exception are addresses of its own files: workers are started by theirs.
 * For browsers without Trusted Types there is nothing to say.
 */
export function trustOwnFiles(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  trustedTypes?.createPolicy('default', { createScriptURL: (url) => (isOwnFile(url) ? url : null) });
}

interface TrustedTypes {
  createPolicy(name: 'default', rules: { createScriptURL(url: string): string | null }): unknown;
}

function isOwnFile(url: string): boolean {
  const { origin, pathname } = new URL(url, location.href);
  return origin === location.origin && pathname.startsWith('/assets/');
}
