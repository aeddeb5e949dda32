/**
 * Whether a Host header names this machine's loopback interface: `127.0.0.1` or another of its addresses (`127.x.y.z`, where a second house is), `[::1]`, `localhost` or a
 * name below it, with any port, since ports are forwarded. No name server can make another name of these, so a page of the web (DNS rebinding) never sends them.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return /^(127(\.\d{1,3}){3}|\[::1\]|([a-z0-9-]+\.)*localhost)(:\d{1,5})?$/i.test(host ?? '');
}
