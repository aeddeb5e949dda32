import { connect } from 'node:net';

/** The request that opens every connection which may be encrypted; Postgres of every version answers it with one letter. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** A failure that may mean that something else than Postgres listens there. */
const mayBeAnother = /timeout|terminated|ended unexpectedly|ECONNRESET/i;

/** The error that says so, when what listens at a URL does not speak as Postgres does; null: it does, or nobody knows. */
export async function otherProtocol(url: string, error: unknown, withinMs: number): Promise<Error | null> {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const parsed = URL.parse(url);
  if (!parsed?.hostname || !mayBeAnother.test(`${code} ${message}`)) return null;
  const said = await firstWords(parsed.hostname.replaceAll(/^\[|\]$/g, ''), Number(parsed.port || 5432), withinMs / 4);
  if (said === '' || said === 'S' || said === 'N') return null;
  return new Error('it does not speak as Postgres does', { cause: error });
}

/** What is answered to the request; empty: nothing in time. */
function firstWords(host: string, port: number, withinMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: withinMs });
    socket.on('connect', () => socket.write(sslRequest));
    socket.on('data', (bytes) => {
      resolve(bytes.toString('latin1'));
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy());
    // Who listens and hangs up at a word of Postgres has answered, too: as somebody else.
    socket.on('end', () => resolve('an end'));
    socket.on('error', () => resolve(''));
    socket.on('close', () => resolve(''));
  });
}
